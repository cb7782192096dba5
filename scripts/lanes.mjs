// The lanes of `npm test`: what there is, what was asked for, how one runs, and the closing counts.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, root, run, runLimited } from './toolchain.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const bin = (name, file) => join(root, 'node_modules', name, file)
const laneLimitMs = Number(process.env.MINIPAAS_LANE_LIMIT_MS ?? 20 * 60_000)

/** Checks that are not tests; each counts as one. */
const checks = {
  types: [[bin('typescript', 'bin/tsc'), '--noEmit']],
  lint: [
    [bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings'],
    [bin('eslint', 'bin/eslint.js'), '--max-warnings=0'],
  ],
}

/** Lanes that start real programs run one file after another, so that they do not take each other's processor time. */
const serial = new Set(['conformance', 'process', 'docker', 'meters', 'browser', 'package'])

export const allLanes = [...Object.keys(checks), ...manifest.jest.projects.map((project) => project.displayName)]

/**
 * Lanes to run: the names given; else MINIPAAS_TEST_LANES (`unit,process`, or `-browser` for all but one); else all.
 * Throws with the list of lanes for a name that is none.
 */
export function chosenLanes(names, fromEnvironment = '') {
  const wanted = names.length > 0 ? names : fromEnvironment.split(/[\s,]+/).filter(Boolean)
  const unknown = wanted.filter((name) => !allLanes.includes(name.replace(/^-/, '')))
  if (unknown.length > 0) throw new Error(`unknown lane ${unknown.join(', ')}; lanes are: ${allLanes.join(', ')}`)
  const excluded = wanted.filter((name) => name.startsWith('-')).map((name) => name.slice(1))
  const included = wanted.filter((name) => !name.startsWith('-'))
  return (included.length > 0 ? included : allLanes).filter((name) => !excluded.includes(name))
}

function hasTests(folder) {
  if (!existsSync(folder)) return false
  return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
}

function runCheck(lane, node) {
  const failed = checks[lane].filter((args) => run(node, args) !== 0).length
  return { passed: failed === 0 ? 1 : 0, failed: failed === 0 ? 0 : 1, skipped: 0 }
}

/** Jest's own result file tells the counts; a run that leaves none, or fails without a failed test, counts as one failure. */
function countsOf(resultFile, exitCode) {
  if (!existsSync(resultFile)) return { passed: 0, failed: 1, skipped: 0 }
  const result = JSON.parse(readFileSync(resultFile, 'utf8'))
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  }
}

async function runJest(lane, node, env) {
  if (!hasTests(join(root, 'test', lane))) return { passed: 0, failed: 0, skipped: 0, note: 'no tests yet' }
  mkdirSync(cacheFolder, { recursive: true })
  const resultFile = join(cacheFolder, `result-${lane}-${process.pid}.json`)
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', bin('jest', 'bin/jest.js')],
    ...['--selectProjects', lane, '--json', '--outputFile', resultFile],
    serial.has(lane) ? '--runInBand' : '--maxWorkers=100%',
  ]
  // --json turns the report off on stdout but not on stderr, which is where jest prints it.
  const exitCode = await runLimited(node, args, { limitMs: laneLimitMs, env, quietStdout: true })
  const counts = countsOf(resultFile, exitCode)
  rmSync(resultFile, { force: true })
  return counts
}

/** Runs one lane with the given Node and returns a row of the closing table. */
export async function runLane(lane, { node = process.execPath, env = process.env } = {}) {
  console.log(`\n── ${lane} ${'─'.repeat(Math.max(0, 60 - lane.length))}`)
  const began = performance.now()
  const counts = lane in checks ? runCheck(lane, node) : await runJest(lane, node, env)
  return { lane, ...counts, seconds: (performance.now() - began) / 1000 }
}

/** Prints the closing table and the line `N passed, N failed`; returns the exit code. */
export function printClosing(rows) {
  const width = Math.max(...rows.map((row) => row.lane.length)) + 2
  console.log(`\n${'lane'.padEnd(width)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`)
  for (const row of rows) {
    const numbers = `${String(row.passed).padStart(8)}${String(row.failed).padStart(8)}${String(row.skipped).padStart(9)}`
    console.log(`${row.lane.padEnd(width)}${numbers}${row.seconds.toFixed(1).padStart(9)}${row.note ? `  ${row.note}` : ''}`)
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}
