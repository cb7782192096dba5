import { describe, expect, test } from '@jest/globals'
import type Docker from 'dockerode'
import { type ContainerFacts, FactBook, readFacts } from '../../../../../runtime/engines/docker/container-facts.ts'
import type { DockerContext } from '../../../../../runtime/engines/docker/context.ts'
import { readEvents } from '../../../../../runtime/engines/docker/engine-events.ts'
import { LABELS } from '../../../../../runtime/engines/docker/labels.ts'
import { observeReplica, type ReplicaSurroundings } from '../../../../../runtime/engines/docker/observe-replica.ts'
import { RestartBook } from '../../../../../runtime/engines/docker/restart-book.ts'
import { sortContainers } from '../../../../../runtime/engines/docker/sort-containers.ts'
import { instant } from '../../../../../src/kernel/instant.ts'
import type { ObservedReplica } from '../../../../../src/model/observed.ts'
import { aReplicaId } from '../../../../kit/builders.ts'

const NETWORK = 'minipaas-shop'
const NOTICED = instant(99_000)

type Facts = Partial<ContainerFacts> & Pick<ContainerFacts, 'state'>

interface Row {
  readonly id: string
  readonly labels?: Readonly<Record<string, string>>
  readonly address?: string
  readonly mode?: string
  readonly facts: Facts
}

const running = (startedAt = 2000): Facts => ({ state: 'running', createdAt: instant(1000), startedAt: instant(startedAt) })
const exited = (exitCode: number, endedAt = 3000): Facts => ({ ...running(), state: 'exited', endedAt: instant(endedAt), exitCode })
const created: Facts = { state: 'created', createdAt: instant(1500) }

function sandbox(facts: Facts = running(500), address = '10.112.0.2'): Row {
  return { id: 'box', facts, address, labels: { [LABELS.role]: 'sandbox', [LABELS.component]: 'web', [LABELS.ordinal]: '0' } }
}

function pod(container: string, facts: Facts, changes: Readonly<Record<string, string>> = {}): Row {
  const restarts = changes[LABELS.restarts] ?? '0'
  return {
    id: `${container}-r${restarts}-0123456789`,
    facts,
    mode: 'container:box',
    labels: {
      [LABELS.role]: 'pod',
      [LABELS.replica]: aReplicaId('web', '1'),
      [LABELS.app]: 'shop',
      [LABELS.component]: 'web',
      [LABELS.revision]: 'web--1',
      [LABELS.ordinal]: '0',
      [LABELS.restartToken]: '4',
      [LABELS.pushToken]: '0',
      [LABELS.container]: container,
      [LABELS.containerRole]: container === 'web' ? 'app' : 'sidecar',
      [LABELS.restarts]: '0',
      [LABELS.members]: JSON.stringify([{ name: 'web', role: 'app' }]),
      [LABELS.ports]: '[8000]',
      ...changes,
    },
  }
}

const two = {
  [LABELS.members]: JSON.stringify([
    { name: 'web', role: 'app' },
    { name: 'side', role: 'sidecar' },
  ]),
}

function look(...rows: readonly Row[]): ReturnType<typeof sortContainers> {
  const listed = rows.map(({ id, labels, address, mode }) => ({
    Id: id,
    Labels: labels ?? {},
    HostConfig: { NetworkMode: mode ?? NETWORK },
    NetworkSettings: { Networks: { [NETWORK]: { IPAddress: address ?? '' } } },
  }))
  const facts = new Map(rows.map(({ id, facts }) => [id, { createdAt: instant(0), exitCode: 0, outOfMemory: false, ...facts }]))
  return sortContainers(listed as unknown as Docker.ContainerInfo[], facts, NETWORK)
}

function observe(...rows: readonly Row[]): ObservedReplica {
  const { pods, sandboxes } = look(...rows)
  const around: ReplicaSurroundings = { sandboxes, noticed: () => NOTICED, restartsOf: (_replica, _container, seen) => seen }
  const replica = observeReplica(pods, around)
  if (replica === undefined) throw new Error('no replica')
  return replica
}

describe('a replica', () => {
  test('that runs tells all of its labels', () => {
    expect(observe(sandbox(), pod('web', running()))).toEqual({
      id: 'web--1.0',
      app: 'shop',
      component: 'web',
      revision: 'web--1',
      ordinal: 0,
      phase: 'running',
      since: 2000,
      restartToken: 4,
      pushToken: 0,
      frozen: false,
      containers: [{ name: 'web', role: 'app', state: 'running', startedAt: 2000, since: 2000, restarts: 0, handle: 'web-r0-01234' }],
      address: '10.112.0.2',
    })
  })

  test('starts until each container was started', () => {
    expect(observe(sandbox(), pod('web', created)).phase).toBe('starting')
    expect(observe(sandbox(), pod('web', created)).containers[0]).toMatchObject({ state: 'waiting', since: 1500 })
    expect(observe(sandbox(), pod('web', running(), two), pod('side', created, two)).phase).toBe('starting')
    const init = pod('migrate', exited(0), { [LABELS.containerRole]: 'init' })
    expect(observe(sandbox(), init, pod('web', created))).toMatchObject({
      phase: 'starting',
      containers: [{ name: 'migrate', state: 'exited', exitCode: 0 }, { name: 'web' }],
    })
    expect(observe(sandbox(), init).phase).toBe('starting')
  })

  test('is over when all of its containers are, init containers aside', () => {
    const replica = observe(sandbox(), pod('web', exited(3), two), pod('side', exited(137, 4000), two))
    expect(replica).toMatchObject({ phase: 'exited', since: 4000 })
    expect(replica.containers).toMatchObject([
      { name: 'web', state: 'exited', exitCode: 3, since: 3000 },
      { name: 'side', state: 'exited', exitCode: 137, signal: 'SIGKILL' },
    ])
    expect(replica.unhealthy).toBeUndefined()
    expect(observe(sandbox(), pod('web', exited(0), two), pod('side', running(), two)).phase).toBe('running')
  })

  test('has the newest start of each container, also while the next one is only created', () => {
    const again = { [LABELS.restarts]: '1', [LABELS.restartToken]: '5' }
    expect(observe(sandbox(), pod('web', exited(1)), pod('web', running(5000), again))).toMatchObject({
      restartToken: 5,
      containers: [{ restarts: 1, state: 'running', startedAt: 5000 }],
    })
    expect(observe(sandbox(), pod('web', exited(1)), pod('web', created, again))).toMatchObject({
      phase: 'exited',
      restartToken: 4,
      containers: [{ restarts: 0, state: 'exited', exitCode: 1 }],
    })
  })

  test('has a token when all of its containers have it', () => {
    const next = { ...two, [LABELS.restartToken]: '5', [LABELS.restarts]: '1' }
    expect(observe(sandbox(), pod('web', running(), next), pod('side', running(), two)).restartToken).toBe(4)
    expect(observe(sandbox(), pod('web', running(), next), pod('side', running(), next)).restartToken).toBe(5)
  })

  test('is frozen when everything in it that lives is', () => {
    const paused: Facts = { ...running(), state: 'paused' }
    expect(observe(sandbox(), pod('web', paused))).toMatchObject({ frozen: true, phase: 'running', containers: [{ state: 'running' }] })
    expect(observe(sandbox(), pod('web', paused, two), pod('side', running(), two)).frozen).toBe(false)
    expect(observe(sandbox(), pod('web', paused, two), pod('side', exited(0), two)).frozen).toBe(true)
    expect(observe(sandbox(), pod('web', exited(0))).frozen).toBe(false)
  })

  test('says that a container ran out of memory', () => {
    expect(observe(sandbox(), pod('web', { ...exited(137), outOfMemory: true })).unhealthy).toBe(
      'container web used more memory than its limit',
    )
  })
})

describe('what somebody took away', () => {
  test('is a container that ended, with the reason', () => {
    const replica = observe(sandbox(), pod('web', running(), two))
    expect(replica).toMatchObject({ phase: 'running', unhealthy: 'container side was removed from the engine' })
    expect(replica.containers).toMatchObject([
      { name: 'web', state: 'running' },
      { name: 'side', role: 'sidecar', state: 'exited', since: NOTICED },
    ])
  })

  test.each([
    ['was removed from the engine', []],
    ['ended', [sandbox({ ...running(500), state: 'exited', exitCode: 137 })]],
    ['was taken off the network', [sandbox(running(500), '')]],
    ['was started anew', [sandbox(running(2500))]],
  ] as const)('a sandbox that %s ends what joined it', (what, sandboxes) => {
    const replica = observe(...sandboxes, pod('web', running(), two), pod('side', running(), two))
    expect(replica).toMatchObject({ phase: 'exited', unhealthy: `its sandbox ${what}` })
    for (const container of replica.containers) {
      expect(container).toMatchObject({ state: 'exited', startedAt: 2000, since: NOTICED })
      expect(container).not.toHaveProperty('exitCode')
    }
  })

  test('a sandbox does not matter to what ended before', () => {
    expect(observe(pod('web', exited(0)))).toMatchObject({ phase: 'exited', containers: [{ exitCode: 0 }] })
    expect(observe(pod('web', exited(0))).unhealthy).toBeUndefined()
  })
})

test('sandboxes without an address are not ready, and labels that tell too little make strays', () => {
  const { sandboxes, strays, pods } = look(
    sandbox(),
    { id: 'odd-sandbox-0123', facts: running(), labels: { [LABELS.role]: 'sandbox' } },
    { id: 'odd-pod-01234567', facts: running(), labels: { ...pod('web', running()).labels, [LABELS.members]: '{' } },
  )
  expect([...sandboxes.values()]).toEqual([
    { id: 'box', component: 'web', ordinal: 0, startedAt: 500, isOver: false, address: '10.112.0.2' },
  ])
  expect(strays).toEqual([
    { id: 'odd-sandbox-', why: 'bad-labels' },
    { id: 'odd-pod-0123', why: 'bad-labels' },
  ])
  expect(pods).toEqual([])
})

test('numbers of starts go on where a container was removed, and end with the replica', () => {
  const book = new RestartBook()
  const place = { environment: 'shop', replica: aReplicaId('web', '1'), container: 'web' }
  expect(book.next(place, undefined)).toBe(0)
  expect(book.see(place, 3)).toBe(3)
  expect(book.see(place, 1)).toBe(3)
  expect(book.next(place, undefined)).toBe(4)
  expect(book.next(place, 7)).toBe(8)
  book.keep('other', new Set())
  expect(book.next(place, undefined)).toBe(4)
  book.keep('shop', new Set())
  expect(book.next(place, undefined)).toBe(0)
})

describe('facts', () => {
  const never = new AbortController().signal
  const zero = '0001-01-01T00:00:00Z'
  const state = (changes: object): Docker.ContainerInspectInfo['State'] =>
    ({
      Status: 'running',
      Running: true,
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: '2026-01-02T03:04:05.678912345Z',
      FinishedAt: zero,
      ...changes,
    }) as never

  test.each([
    ['created', 'created'],
    ['configured', 'created'],
    ['running', 'running'],
    ['paused', 'paused'],
    ['exited', 'exited'],
    ['dead', 'exited'],
    ['stopped', 'exited'],
  ])('the state %s means %s', (word, meaning) => {
    expect(readFacts(zero, state({ Status: word })).state).toBe(meaning)
  })

  test('have times in milliseconds, and none where there was none', () => {
    expect(readFacts('2026-01-02T03:04:05.1Z', state({}))).toMatchObject({ startedAt: 1_767_323_045_678, createdAt: 1_767_323_045_100 })
    expect(readFacts(zero, state({ StartedAt: zero }))).not.toHaveProperty('startedAt')
    expect(readFacts(zero, state({ FinishedAt: '2026-01-02T03:04:06Z' }))).not.toHaveProperty('endedAt')
    expect(readFacts(zero, state({ Running: false, Status: 'exited', FinishedAt: '2026-01-02T03:04:06Z' })).endedAt).toBe(1_767_323_046_000)
  })

  test('are asked for once in each state, and again after a change that nobody saw', async () => {
    let status = 'running'
    const asked: string[] = []
    const docker = {
      getContainer: (id: string) => ({
        inspect: async () => {
          asked.push(id)
          if (id === 'gone') throw Object.assign(new Error('no such container'), { statusCode: 404 })
          return { Created: zero, State: state({ Status: status }) }
        },
      }),
    }
    const book = new FactBook({ docker } as unknown as DockerContext)
    const ask = async (...ids: readonly string[]): Promise<readonly string[]> => {
      asked.length = 0
      await book.of(
        'shop',
        ids.map((id) => ({ Id: id, State: status, Created: 1, Labels: {}, NetworkSettings: { Networks: {} } })),
        never,
      )
      return [...asked]
    }
    expect(await ask('a', 'gone')).toEqual(['a', 'gone'])
    expect(await ask('a')).toEqual([])
    status = 'exited'
    expect(await ask('a')).toEqual(['a'])
    expect(await ask('a')).toEqual([])
    book.forget('shop', 'a')
    expect(await ask('a')).toEqual(['a'])
    expect(await ask()).toEqual([])
    expect(await ask('a')).toEqual(['a'])
    status = 'created'
    expect(await ask('a')).toEqual([])
  })
})

test('events are read line by line, however they are cut', async () => {
  const lines = [
    { Type: 'container', Action: 'die', Actor: { ID: 'a', Attributes: { name: 'wäb' } } },
    { Type: 'network', Action: 'destroy', Actor: { ID: 'n' } },
  ]
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('\n'))
  async function* cut(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
  }
  const events = []
  for await (const event of readEvents(cut())) events.push(event)
  expect(events).toEqual([
    { type: 'container', id: 'a', attributes: { name: 'wäb' } },
    { type: 'network', id: 'n', attributes: {} },
  ])
})
