// `npm test [lane…]`: installs what is missing, builds, runs the checks and every lane, prints the closing counts.
// MINIPAAS_TEST_LANES selects: `unit,process` only these; `-browser` all but this one.
import { ensureBuilt, ensureInstalled, requireNode, root } from './toolchain.mjs'

requireNode()
process.chdir(root)
ensureInstalled()

const { chosenLanes, printClosing, runLane } = await import('./lanes.mjs')

/** Lanes that run the shipped programs. */
const needBuild = new Set(['conformance', 'scenario', 'process', 'docker', 'meters', 'browser', 'package'])

async function main() {
  const lanes = chosenLanes(process.argv.slice(2), process.env.MINIPAAS_TEST_LANES)
  if (lanes.some((lane) => needBuild.has(lane))) ensureBuilt()
  const rows = []
  for (const lane of lanes) rows.push(await runLane(lane))
  return printClosing(rows)
}

process.exitCode = await main().catch((error) => {
  console.error(`test: ${error.message}`)
  return 2
})
