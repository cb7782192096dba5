// The other end of global-setup.cjs, which says in the same process what is to be done.
module.exports = async () => {
  await module.exports.work?.()
}
