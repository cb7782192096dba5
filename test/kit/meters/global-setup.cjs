// jest calls this once before the tests of the meters lane, also when a single file is run by hand.
module.exports = async () => {
  const { loadKit } = await import('../docker/load-kit.mjs')
  const { setUp } = await loadKit('../meters/set-up.ts')
  setUp()
}
