// jest calls this once before the tests of the docker lane, also when a single file is run by hand.
module.exports = async () => {
  const { loadKit } = await import('./load-kit.mjs')
  const { setUp, tearDown } = await loadKit('set-up.ts')
  await setUp()
  // Not loaded again: meanwhile the sources may have changed.
  require('./global-teardown.cjs').work = tearDown
}
