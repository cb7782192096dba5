import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { livingCompanion, readCompanion } from '../../runtime/process-identity/companion.ts'
import { ensureGuard, reviveGuard } from '../../runtime/process-identity/guard-launch.ts'
import { isAlive, ownIdentity, startTimeOf } from '../../runtime/process-identity/identity.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import type { EdgeChannel, EdgeMessage, ReplicaSpec } from '../../src/model/index.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { eventually } from '../kit/eventually.ts'
import { ProcessWorld } from '../kit/process-world.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal
const edgeProgram = fileURLToPath(new URL('../kit/programs/fake-edge.mjs', import.meta.url))

const programs = scratchDirectory()
let guardProgram: string
beforeAll(async () => {
  guardProgram = await bundleProgram('runtime/guard/main.ts', programs.path)
})
afterAll(() => programs[Symbol.dispose]())

let world: ProcessWorld
let edgeRecord: string
beforeEach(() => {
  world = new ProcessWorld({ edgeProgram })
  edgeRecord = `${world.home}/environments/test/edge/edge.json`
})
afterEach(async () => {
  const guard = livingCompanion(`${world.home}/guard.json`)
  if (guard !== undefined) process.kill(guard.pid, 'SIGKILL')
  await world[Symbol.asyncDispose]()
})

const guard = (leaseSeconds = 600) =>
  ensureGuard({ home: world.home, nodePath: process.execPath, guardProgram, leaseSeconds, clock: systemClock })

/** What a daemon writes; a process that is over stands for one that was killed. */
function writeLease(holder: { readonly pid: number; readonly start: string }): void {
  const lease = { v: 1, instance: 'daemon-1', pid: holder.pid, startTime: holder.start, at: systemClock.now() }
  writeFileSync(`${world.home}/lease.json`, JSON.stringify(lease))
}
const dead = { pid: process.pid, start: 'another process that had this pid' }

async function startStaying(): Promise<{ readonly spec: ReplicaSpec; readonly pid: number }> {
  const spec = world.specOf({ name: 'web', containers: [{ name: 'web', program: { kind: 'stay', onTerm: 'ignore', say: 'up' } }] })
  await world.engine.startReplica(spec, never)
  const pid = await eventually(async () => {
    for await (const _ of world.engine.logs(spec.ref, { follow: false }, never)) {
      return Number((await world.engine.observe(world.owner)).replicas[0]?.containers[0]?.handle)
    }
    return undefined
  })
  return { spec, pid }
}

async function next(channel: EdgeChannel): Promise<EdgeMessage | undefined> {
  for await (const message of channel.messages) return message
  return undefined
}

describe('the edge', () => {
  test('is started once, says hello and answers', async () => {
    const channel = await world.engine.edge.attach(world.owner, never)
    const messages = channel.messages[Symbol.asyncIterator]()
    const hello = (await messages.next()).value
    expect(hello).toMatchObject({ type: 'hello', protocol: 1 })
    channel.send({ type: 'ping', id: 7 })
    expect((await messages.next()).value).toEqual({ type: 'pong', id: 7 })
    expect(await world.engine.edge.describe(world.owner)).toBe(`pid ${hello.pid}`)
    expect(await next(await world.openEngine().edge.attach(world.owner, never))).toMatchObject({ pid: hello.pid })
  })

  test('is started once also when two ask at the same moment', async () => {
    const channels = await Promise.all([1, 2, 3].map(() => world.openEngine().edge.attach(world.owner, never)))
    const hellos = await Promise.all(channels.map(next))
    expect(new Set(hellos.map((hello) => (hello?.type === 'hello' ? hello.pid : undefined))).size).toBe(1)
  })

  test('a channel ends when the edge is killed, and the next attach starts another', async () => {
    const channel = await world.engine.edge.attach(world.owner, never)
    const first = readCompanion(edgeRecord)
    process.kill(first?.pid ?? 0, 'SIGKILL')
    for await (const message of channel.messages) expect(message.type).toBe('hello')
    await world.engine.edge.attach(world.owner, never)
    expect(readCompanion(edgeRecord)?.pid).not.toBe(first?.pid)
  })

  test('is shut down with its environment', async () => {
    await world.engine.edge.attach(world.owner, never)
    const edge = readCompanion(edgeRecord)
    await world.engine.removeEnvironment(world.owner, never)
    expect(edge !== undefined && isAlive(edge)).toBe(false)
    expect(existsSync(`${world.home}/environments/test`)).toBe(false)
    expect(await world.engine.edge.describe(world.owner)).toBeUndefined()
  })

  test('one whose ending was interrupted is replaced', async () => {
    await world.engine.edge.attach(world.owner, never)
    const edge = readCompanion(edgeRecord)
    writeFileSync(edgeRecord, JSON.stringify({ ...edge, ending: true }))
    await world.engine.edge.attach(world.owner, never)
    expect(livingCompanion(edgeRecord)?.pid).not.toBe(edge?.pid)
    expect(livingCompanion(edgeRecord)?.ending).toBeUndefined()
    expect(startTimeOf(edge?.pid ?? 0)).toBeUndefined()
  })

  test('one that cannot run is a fault with its last words', async () => {
    const broken = `${programs.path}/broken.mjs`
    writeFileSync(broken, "throw new Error('no table')")
    await using other = new ProcessWorld({ edgeProgram: broken })
    const giveUp = new AbortController()
    const attaching = other.engine.edge.attach(other.owner, giveUp.signal)
    const failed = expect(attaching).rejects.toBeDefined()
    await eventually(() => (readFileSync(`${other.home}/environments/test/edge/edge.log`, 'utf8').includes('no table') ? true : undefined))
    giveUp.abort()
    await failed
  })
})

describe('the guard', () => {
  test('starts a killed edge again, with its command', async () => {
    writeLease(ownIdentity())
    await world.engine.edge.attach(world.owner, never)
    await guard()
    const first = readCompanion(edgeRecord)
    process.kill(first?.pid ?? 0, 'SIGKILL')
    const second = await eventually(() => {
      const living = livingCompanion(edgeRecord)
      return living !== undefined && living.pid !== first?.pid ? living : undefined
    })
    expect(second.command).toEqual(first?.command)
    expect(await next(await world.engine.edge.attach(world.owner, never))).toMatchObject({ pid: second.pid })
  })

  test('is one for a home, and is started again when it was killed: by the daemon or by an edge', async () => {
    writeLease(ownIdentity())
    const [first, again] = await Promise.all([guard(), guard()])
    expect(again.pid).toBe(first.pid)
    process.kill(first.pid, 'SIGKILL')
    const second = await eventually(async () => (isAlive(first) ? undefined : await guard()))
    expect(isAlive(second)).toBe(true)
    process.kill(second.pid, 'SIGKILL')
    await eventually(() => (isAlive(second) ? undefined : true))
    const third = await reviveGuard(`${world.home}/environments/test/edge`, systemClock)
    expect(third?.pid).not.toBe(second.pid)
    expect(third !== undefined && isAlive(third)).toBe(true)
  })

  test('ends everything when the lease is over, and goes; volumes stay', async () => {
    await world.engine.volumes.ensure('data', world.owner, never)
    await world.engine.edge.attach(world.owner, never)
    const edge = readCompanion(edgeRecord)
    const { pid } = await startStaying()
    writeFileSync(`${world.home}/environments/test/state.json`, '{}')
    writeLease(dead)
    const { pid: guardPid } = await guard(1)
    await eventually(() => (startTimeOf(guardPid) === undefined ? true : undefined), 15_000)
    expect([pid, edge?.pid ?? 0].map(startTimeOf)).toEqual([undefined, undefined])
    expect(readdirSync(`${world.home}/environments/test`)).toEqual(['volumes'])
    expect(existsSync(`${world.home}/guard.json`)).toBe(false)
  })

  test('touches nothing while a daemon lives, however late its lease is', async () => {
    const { pid } = await startStaying()
    writeFileSync(
      `${world.home}/lease.json`,
      JSON.stringify({ v: 1, instance: 'daemon-1', pid: process.pid, startTime: ownIdentity().start, at: 0 }),
    )
    const { pid: guardPid } = await guard(1)
    const from = systemClock.now()
    await eventually(() => (systemClock.now() - from > 2_000 ? true : undefined))
    expect([guardPid, pid].map((each) => startTimeOf(each) !== undefined)).toEqual([true, true])
  })

  test('goes when there is neither a daemon nor anything to guard', async () => {
    mkdirSync(`${world.home}/environments/old/volumes`, { recursive: true })
    writeLease(dead)
    const { pid } = await guard()
    await eventually(() => (startTimeOf(pid) === undefined ? true : undefined))
    expect(existsSync(`${world.home}/guard.json`)).toBe(false)
  })
})
