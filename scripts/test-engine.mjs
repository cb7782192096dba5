// `npm run test:engine`: starts a private Docker engine as the docker lane does, with the base images, and keeps it until Ctrl-C.
// With the variable that it prints, single test files start faster: they use it instead of one of their own.
import { ensureInstalled, requireNode, root } from './toolchain.mjs'

requireNode()
process.chdir(root)
ensureInstalled()

const { loadKit } = await import('../test/kit/docker/load-kit.mjs')
const { setUp, tearDown } = await loadKit('set-up.ts')

await setUp()
console.log(`export MINIPAAS_TEST_ENGINE=${process.env.MINIPAAS_TEST_ENGINE}`)
console.error('Ctrl-C ends it.')
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => tearDown().then(() => process.exit(0)))
