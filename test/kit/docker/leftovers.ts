import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { identityOf, isAlive, type ProcessIdentity } from '../../../runtime/process-identity/identity.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import { eventually } from '../eventually.ts'
import { removeBridge } from './default-bridge.ts'
import { type EngineKind, engineIn, kindOf } from './engine-kinds.ts'

/** Short, because a socket's path may have at most 107 characters. */
const PREFIX = 'minipaas-engine-'
const KEEPER = 'keeper.json'
/** The programs of an engine that may outlive it. */
const ENGINE_PROGRAMS = new Set(['dockerd', 'podman', 'conmon'])
/** A folder without a keeper that is younger is just being set up. */
const SETTING_UP: Millis = 60_000

/** A new folder for an engine, in the charge of this process until a keeper takes over. */
export function createEngineFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  takeCharge(folder)
  writeFileSync(join(folder, 'daemon.json'), '{}')
  return folder
}

/** From now on the folder is left over when this process is gone. */
export function takeCharge(folder: string): void {
  writeFileSync(join(folder, KEEPER), JSON.stringify(identityOf(process.pid)))
}

/** Ends and removes engines whose keeper was killed; says so. Never looks at an engine that is in no folder of ours. */
export async function removeLeftovers(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))
  for (const folder of names.map((name) => join(tmpdir(), name)).filter(isLeftOver)) {
    process.stderr.write(`Removing what an earlier test run left in ${folder}\n`)
    takeCharge(folder)
    const kind = kindOf(folder)
    if (kind !== undefined) await emptyData(folder, kind)
    await removeEngineFolder(folder)
  }
}

/** Removes the folder of an engine that has ended, after what still runs there. Throws when something in it stays mounted. */
export async function removeEngineFolder(folder: string): Promise<void> {
  await endProcesses(folder)
  removeBridge(folder)
  for (const path of mountsBelow(folder)) spawnSync('umount', ['-l', path])
  const left = mountsBelow(folder)
  if (left.length > 0) throw new Error(`still mounted, so that ${folder} cannot be removed: ${left.join(', ')}`)
  rmSync(folder, { recursive: true, force: true })
}

function isLeftOver(folder: string): boolean {
  if (existsSync(join(folder, KEEPER))) return !isAlive(JSON.parse(readFileSync(join(folder, KEEPER), 'utf8')) as ProcessIdentity)
  return after(statSync(folder).mtimeMs as never, SETTING_UP) < systemClock.now()
}

/** What outlived its keeper, told from other processes by the folder in its command line. */
async function endProcesses(folder: string): Promise<void> {
  const living = processesOf(folder)
  for (const { pid } of living) process.kill(pid, 'SIGTERM')
  await eventually(() => (living.some(isAlive) ? undefined : true), 30_000)
}

function processesOf(folder: string): readonly ProcessIdentity[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const programs = pids.filter((pid) => {
    const [program = '', ...args] = readProcess(pid, 'cmdline').split('\0')
    return ENGINE_PROGRAMS.has(basename(program)) && args.some((argument) => argument.includes(folder))
  })
  return programs.flatMap((pid) => identityOf(Number(pid)) ?? [])
}

/** Empty when the process has ended meanwhile. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Only an engine knows what belongs to its data: containers that still run, interfaces, mounts. */
async function emptyData(folder: string, kind: EngineKind): Promise<void> {
  const engine = engineIn(folder, kind)
  // One that still runs is emptied before it ends: at its end it would wait for each container.
  const alone = await engine.empty().then(
    () => true,
    () => false,
  )
  await endProcesses(folder)
  if (alone) return
  await engine.start()
  await engine.empty()
  await engine.stop()
}

/** Deepest first. */
function mountsBelow(folder: string): readonly string[] {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
  return points
    .filter((path) => path.startsWith(`${folder}/`))
    .sort()
    .reverse()
}
