import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test } from '@jest/globals'
import { livingCompanion } from '../../runtime/process-identity/companion.ts'
import { markElsewhere } from '../../runtime/process-identity/elsewhere.ts'
import { ensureGuard } from '../../runtime/process-identity/guard-launch.ts'
import { engineVariables } from '../../runtime/process-identity/harvester.ts'
import { startTimeOf } from '../../runtime/process-identity/identity.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const programs = scratchDirectory()
const home = `${programs.path}/home`

afterEach(() => {
  const guard = livingCompanion(`${home}/guard.json`)
  if (guard !== undefined) process.kill(guard.pid, 'SIGKILL')
  programs[Symbol.dispose]()
})

test('when the lease is over, the guard has a daemon remove what are no processes', async () => {
  const guardProgram = await bundleProgram('runtime/guard/main.ts', programs.path)
  markElsewhere(home, 'boxes')
  writeFileSync(`${home}/environments/boxes/state.json`, '{}')
  // In the place of the daemon: a program that says what it found.
  const found = `${programs.path}/found`
  writeFileSync(
    `${programs.path}/daemon.js`,
    `const { existsSync, rmSync, writeFileSync } = require('node:fs')
    const folder = process.env.MINIPAAS_HOME + '/environments/boxes/'
    writeFileSync(${JSON.stringify(found)}, existsSync(folder + 'state.json') + ' ' + process.env.DOCKER_HOST)
    rmSync(folder + 'elsewhere')`,
  )
  const dead = { pid: process.pid, startTime: 'another process that had this pid' }
  writeFileSync(`${home}/lease.json`, JSON.stringify({ v: 1, instance: 'daemon-1', ...dead, at: systemClock.now() }))
  const variables = engineVariables({ DOCKER_HOST: 'unix:///here', SECRET: 'x' })
  const order = { home, nodePath: process.execPath, guardProgram, leaseSeconds: 0.1, variables, clock: systemClock }
  const { pid } = await ensureGuard(order)
  await eventually(() => (startTimeOf(pid) === undefined ? true : undefined), 15_000)
  expect(existsSync(`${home}/guard.json`)).toBe(false)
  expect(readFileSync(found, 'utf8')).toBe('false unix:///here')
})
