// `npm run test:node [major…]`: the unit and process lanes on each Node line we promise. The binaries come from the npm
// packages node-<platform>-<architecture>, installed into node_modules/.cache.
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, run } from './toolchain.mjs'

requireNode()
process.chdir(root)
ensureInstalled()
ensureBuilt()

const { chosenLanes, printClosing, runLane } = await import('./lanes.mjs')

const platform = process.platform === 'win32' ? 'win' : process.platform
const packageName = `node-${platform}-${process.arch}`

function nodeOf(major) {
  const folder = join(root, 'node_modules', '.cache', 'node', major)
  const binary = join(folder, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  console.log(`Fetching Node ${major} (${packageName}@${major})`)
  const args = ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', `${packageName}@${major}`]
  const code = run('npm', args)
  if (code === 0 && existsSync(binary)) return binary
  throw new Error(`no Node ${major} from the npm package ${packageName}@${major}; the lines above say why`)
}

async function main() {
  const majors = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24']
  const lanes = chosenLanes([], process.env.MINIPAAS_TEST_LANES || 'unit,process')
  const rows = []
  for (const major of majors) {
    const node = nodeOf(major)
    run(node, ['-p', '"Node " + process.version'])
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
    for (const lane of lanes) {
      const row = await runLane(lane, { node, env })
      rows.push({ ...row, lane: `${major} ${lane}` })
    }
  }
  return printClosing(rows)
}

process.exitCode = await main().catch((error) => {
  console.error(`test:node: ${error.message}`)
  return 2
})
