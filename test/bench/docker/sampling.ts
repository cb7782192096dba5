import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DockerEngine } from '../../../runtime/engines/docker/engine.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import type { ReplicaRef } from '../../../src/model/engine.ts'
import { DockerWorld } from '../../kit/docker/docker-world.ts'
import { testEndpoint } from '../../kit/docker/engine.ts'
import { type Goal, interleave, median } from '../harness.ts'
import { DockerPlace } from './place.ts'
import { all, REPLICAS, sleeperSpec } from './starts.ts'

const SECONDS = 15
const EVERY_MS = 1000
/** Of the kernel's counters in /proc. */
const TICK_MS = 10

const never = new AbortController().signal

/** Processor time of a second of sampling fifty replicas once, with what the engine spends for it, against `docker stats` of the same. */
export async function measureSampling(rounds = 3): Promise<readonly Goal[]> {
  await using world = new DockerWorld()
  const { engine, owner } = world
  await engine.networks.ensure(owner.environment, owner, never)
  await all((ordinal) => engine.startReplica(sleeperSpec(world, ordinal), never))
  const replicas = [...Array(REPLICAS).keys()].map((ordinal) => sleeperSpec(world, ordinal).ref)
  using place = new DockerPlace()
  const sides = {
    idle: () => timeOfAll(rest),
    ours: () => timeOfAll(() => sample(engine, replicas)),
    stats: () => timeOfAll(() => dockerStats(place)),
  }
  const measured = await interleave(sides, { rounds, warmUp: 1 })
  const [idle, ours, stats] = [median(measured.idle), median(measured.ours), median(measured.stats)]
  // What the engine spends without anybody asking is no part of either.
  const [left, right] = [Math.max(0, ours - idle), stats - idle]
  const perSecond = (time: number): string => `${(time / SECONDS).toFixed(2)} ms`
  const detail = `each second ${perSecond(left)}, ${perSecond(right)}; idle engine ${perSecond(idle)}`
  return [{ name: `sampling ${REPLICAS} replicas / docker stats`, value: left / right, atMost: 0.05, detail }]
}

/** Processor time, in ms, of the engine's processes, of this one, and of what the work itself started, while it is done. */
async function timeOfAll(work: () => Promise<number>): Promise<number> {
  const [before, own] = [engineTime(), process.cpuUsage()]
  const more = await work()
  const spent = process.cpuUsage(own)
  return engineTime() - before + (spent.user + spent.system) / 1000 + more
}

async function rest(): Promise<number> {
  await systemClock.sleep(SECONDS * EVERY_MS)
  return 0
}

async function sample(engine: DockerEngine, replicas: readonly ReplicaRef[]): Promise<number> {
  const { stats } = engine
  if (stats === undefined) throw new Error('the engine cannot measure replicas here')
  for (let second = 0; second < SECONDS; second++) {
    await Promise.all(replicas.map((ref) => stats.read(ref, never)))
    await systemClock.sleep(EVERY_MS)
  }
  return 0
}

/** Answers the processor time of the command itself. */
async function dockerStats(place: DockerPlace): Promise<number> {
  const child = spawn('docker', ['stats'], { env: place.environment, stdio: 'ignore' })
  try {
    await systemClock.sleep(SECONDS * EVERY_MS)
    return timeOf(String(child.pid))
  } finally {
    child.kill('SIGKILL')
  }
}

/** The daemon, its containerd and the monitors of the containers: they name the folder of the engine in their command line. */
function engineTime(): number {
  const folder = dirname(testEndpoint().replace('unix://', ''))
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => isOfEngine(pid, folder)).reduce((sum, pid) => sum + timeOf(pid), 0)
}

function isOfEngine(pid: string, folder: string): boolean {
  const [program = '', ...args] = readProcess(pid, 'cmdline').split('\0')
  return /(^|\/)(dockerd|containerd[\w-]*)$/.test(program) && args.some((argument) => argument.includes(folder))
}

/** User and system time of a process with all its threads, in ms. */
function timeOf(pid: string): number {
  const fields = readProcess(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
}

/** Empty when the process has ended meanwhile. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
