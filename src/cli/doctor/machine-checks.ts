import { lookup } from 'node:dns/promises'
import { watch } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Check, Patient } from './check.ts'

const MIN_NODE = [20, 19] as const
const GIB = 1024 ** 3
/** Clocks of file systems are often a tick behind. */
const CLOCK_TOLERANCE_MS = 2000
/** Below these a larger project runs out. Source: Linux, defaults of current distributions. */
const MIN_WATCHES = 65_536
const MIN_INSTANCES = 128

/** What any application needs of the machine, whatever the engine. */
export const MACHINE_CHECKS: readonly Check[] = [
  { name: 'node', fix: 'Install Node 20.19 or newer: https://nodejs.org/en/download', look: checkNode },
  { name: 'state directory', fix: 'Set MINIPAAS_HOME to a directory that you may write to.', look: checkHome },
  { name: 'disk', fix: 'Free space on the disk of the state directory.', look: checkDisk },
  { name: 'ports', fix: 'Allow programs to listen on 127.0.0.1.', look: checkPorts },
  {
    name: 'names under localhost',
    fix: 'Browsers and curl resolve them by themselves; for other programs let *.localhost resolve to 127.0.0.1 (for example with systemd-resolved).',
    look: checkNames,
  },
  { name: 'clock', fix: 'Synchronise the system clock, and that of the file server when the state directory is on one.', look: checkClock },
  {
    name: 'file watches',
    fix: 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
    look: checkWatchLimits,
  },
  {
    name: 'file events',
    fix: 'The project directory reports no changes (a network or shared file system?): apply changes by running "minipaas up" again.',
    look: checkFileEvents,
  },
]

async function checkNode(): ReturnType<Check['look']> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])
  return { state: isEnough ? 'ok' : 'failed', detail: process.version }
}

async function checkHome({ home, uniqueName }: Patient): ReturnType<Check['look']> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const draft = join(home, `doctor-${uniqueName}`)
  await writeFile(draft, 'test', { mode: 0o600 })
  await rename(draft, `${draft}.done`)
  await rm(`${draft}.done`)
  const { mode } = await stat(home)
  const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
  return isOpen ? { state: 'warning', detail: `${home} is open to other users until the daemon starts` } : { state: 'ok', detail: home }
}

async function checkDisk({ home }: Patient): ReturnType<Check['look']> {
  const { bavail, bsize } = await statfs(home)
  const free = (bavail * bsize) / GIB
  return { state: free >= 1 ? 'ok' : free >= 0.1 ? 'warning' : 'failed', detail: `${free.toFixed(1)} GiB free` }
}

async function checkPorts(): ReturnType<Check['look']> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return { state: 'ok', detail: `127.0.0.1 gives free ports (${typeof address === 'object' ? address?.port : address})` }
}

async function checkNames(): ReturnType<Check['look']> {
  const name = 'web.minipaas.localhost'
  try {
    const { address } = await lookup(name)
    const isLoopback = address === '::1' || address.startsWith('127.')
    return { state: isLoopback ? 'ok' : 'warning', detail: `${name} is ${address}` }
  } catch {
    return { state: 'warning', detail: `${name} does not resolve` }
  }
}

async function checkClock({ home, uniqueName, clock }: Patient): ReturnType<Check['look']> {
  const file = join(home, `doctor-clock-${uniqueName}`)
  const before = clock.now()
  await writeFile(file, '')
  const { mtimeMs } = await stat(file)
  await rm(file)
  const off = mtimeMs < before ? before - mtimeMs : Math.max(0, mtimeMs - clock.now())
  return { state: off <= CLOCK_TOLERANCE_MS ? 'ok' : 'warning', detail: `files and system differ by ${Math.round(off)} ms` }
}

async function checkWatchLimits(): ReturnType<Check['look']> {
  if (process.platform !== 'linux') return { state: 'ok', detail: 'no limits on this platform' }
  const read = async (name: string): Promise<number> => Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8'))
  const [watches, instances] = [await read('max_user_watches'), await read('max_user_instances')]
  const isEnough = watches >= MIN_WATCHES && instances >= MIN_INSTANCES
  return { state: isEnough ? 'ok' : 'warning', detail: `${watches} watches, ${instances} instances` }
}

async function checkFileEvents({ directory, uniqueName, clock }: Patient): ReturnType<Check['look']> {
  const name = `.minipaas-doctor-${uniqueName}`
  const file = join(directory, name)
  const start = clock.now()
  const watcher = watch(directory)
  try {
    const seen = new Promise<void>((resolve, reject) => {
      watcher.on('change', (_type, changed) => {
        if (String(changed) === name) resolve()
      })
      watcher.once('error', reject)
    })
    await writeFile(file, '')
    await seen
    return { state: 'ok', detail: `seen after ${clock.now() - start} ms in ${directory}` }
  } finally {
    watcher.close()
    await rm(file, { force: true })
  }
}
