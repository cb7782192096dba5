import { describe, expect, test } from '@jest/globals'
import { FaultError } from '../../../src/kernel/fault.ts'
import type { ByteStream, Engine, ReplicaRef } from '../../../src/model/engine.ts'
import { ControlWorld } from '../../kit/control-world.ts'
import { application, task, webservice } from '../../kit/oam-text.ts'

const never = new AbortController().signal
const secret = '{ name: TOKEN, valueFrom: { secretKeyRef: { name: keys, key: token } } }'
const secretDocument = 'apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\nstringData: { token: marker-4711 }\n'
const web = `{ name: web, type: webservice, properties: { image: "web:1", ports: [{ port: 8080, expose: true }], env: [${secret}] }, traits: [{ type: scaler, properties: { replicas: 2 } }, { type: sidecar, properties: { name: proxy, image: "proxy:1" } }] }`
const text = `${application({ components: [web, webservice('api'), task('migrate')] })}---\n${secretDocument}`

/** The shop, healthy, on an engine with these facets. */
async function shop(facets: Partial<Engine>): Promise<ControlWorld> {
  const world = new ControlWorld({ migrate: { exits: { afterMs: 10, code: 0 } } })
  Object.assign(world.engine, facets)
  await world.up(text)
  await world.until(() => world.app().phase === 'running')
  return world
}

const numbersOf = (refs: readonly ReplicaRef[]): string[] => refs.map(({ id }) => id.replace(/--[0-9a-f]+\./, '-'))

describe('processes', () => {
  test('of all running containers, without values of secrets', async () => {
    const asked: string[] = []
    await using world = await shop({
      processes: {
        list: async (of, container) => {
          asked.push(`${numbersOf([of])[0]}/${container}`)
          return { titles: ['CMD'], rows: [['serve --token marker-4711']] }
        },
        kill: async () => {},
      },
    })
    const tables = await world.environment.replicaAccess.processes(['web'], never)
    expect(asked.sort()).toEqual(['web-0/proxy', 'web-0/web', 'web-1/proxy', 'web-1/web'])
    expect(tables).toHaveLength(4)
    expect(tables[0]).toMatchObject({ component: 'web', ordinal: 0, container: 'web', role: 'app', titles: ['CMD'] })
    expect(tables[0]?.rows).toEqual([['serve --token ‹secret keys/token›']])
    expect((await world.environment.replicaAccess.processes([], never)).map(({ component }) => component)).toContain('api')
  })

  test('what ended meanwhile has none, anything else is told', async () => {
    let fault: FaultError | undefined = new FaultError({ kind: 'conflict', code: 'MP4109', message: 'gone', retry: 'soon' })
    const list = async () => {
      if (fault !== undefined) throw fault
      return { titles: [], rows: [] }
    }
    await using world = await shop({ processes: { list, kill: async () => {} } })
    expect(await world.environment.replicaAccess.processes(['api'], never)).toEqual([])
    fault = new FaultError({ kind: 'unavailable', code: 'MP4201', message: 'away', retry: 'soon' })
    await expect(world.environment.replicaAccess.processes(['api'], never)).rejects.toBe(fault)
  })
})

describe('kill', () => {
  test.each([
    [{ components: ['web'] }, ['web-0/web', 'web-1/web']],
    [{ components: ['web'], ordinal: 1 }, ['web-1/web']],
    [{ components: ['web'], ordinal: 0, container: 'proxy' }, ['web-0/proxy']],
    [{ components: [] }, ['api-0/api', 'web-0/web', 'web-1/web']],
  ])('%j', async (order, expected) => {
    const killed: string[] = []
    const kill: NonNullable<Engine['processes']>['kill'] = async (of, { container, signal }) => {
      expect(signal).toBe('SIGHUP')
      killed.push(`${numbersOf([of])[0]}/${container}`)
    }
    await using world = await shop({ processes: { list: async () => ({ titles: [], rows: [] }), kill } })
    const answer = await world.environment.replicaAccess.kill({ ...order, signal: 'SIGHUP' }, never)
    expect(killed.sort()).toEqual(expected)
    expect(answer.signalled).toHaveLength(expected.length)
  })

  test.each([
    [{ components: ['wep'] }, 404, 'MP8004'],
    [{ components: ['web'], ordinal: 7 }, 409, 'MP8011'],
    [{ components: ['migrate'] }, 409, 'MP8011'],
    [{ components: ['web'], container: 'none' }, 404, 'MP4108'],
  ])('%j is refused', async (order, status, code) => {
    await using world = await shop({ processes: { list: async () => ({ titles: [], rows: [] }), kill: async () => {} } })
    const killing = world.environment.replicaAccess.kill({ ...order, signal: 'SIGHUP' }, never)
    await expect(killing).rejects.toMatchObject({ status, error: { code } })
  })
})

describe('files', () => {
  test('of a running replica where there is one, else of the last one that ended', async () => {
    const read: ReplicaRef[] = []
    const facets: Partial<Engine> = {
      copy: {
        read: async (of) => {
          read.push(of)
          return (async function* () {})()
        },
        write: async () => {},
      },
    }
    await using world = await shop(facets)
    const { replicaAccess } = world.environment
    await replicaAccess.readArchive({ component: 'web', path: '/a' }, never)
    await replicaAccess.readArchive({ component: 'web', ordinal: 1, container: 'proxy', path: '/a' }, never)
    await replicaAccess.readArchive({ component: 'migrate', path: '/a' }, never)
    expect(numbersOf(read)).toEqual(['web-0', 'web-1', 'migrate-0'])
    await expect(replicaAccess.readArchive({ component: 'web', ordinal: 5, path: '/a' }, never)).rejects.toMatchObject({ status: 409 })
    await expect(replicaAccess.readArchive({ component: 'web', container: 'x', path: '/a' }, never)).rejects.toMatchObject({ status: 404 })
  })
})

describe('connections', () => {
  const stream: ByteStream = { output: (async function* () {})(), write: () => {}, end: () => {}, close: () => {} }

  test('go to replicas that are ready, in turn; a look does not count', async () => {
    const reached: ReplicaRef[] = []
    const connect = async (of: ReplicaRef): Promise<ByteStream> => {
      reached.push(of)
      return stream
    }
    await using world = await shop({ connections: { connect } })
    const { replicaAccess } = world.environment
    const port = { component: 'web', port: 8080 }
    expect(replicaAccess.forwardTarget(port)).toMatchObject({ component: 'web', ordinal: 0, port: 8080 })
    for (let turn = 0; turn < 3; turn++) await replicaAccess.connect(port, never)
    await replicaAccess.connect({ ...port, ordinal: 1 }, never)
    expect(numbersOf(reached)).toEqual(['web-0', 'web-1', 'web-0', 'web-1'])
    expect(() => replicaAccess.forwardTarget({ component: 'migrate', port: 1 })).toThrow('no running replica')
  })
})

test('what an engine cannot do is refused in words', async () => {
  await using world = await shop({})
  const { replicaAccess } = world.environment
  const refused = { status: 503, error: { code: 'MP4004', message: expect.stringContaining('memory engine') } }
  await expect(replicaAccess.processes([], never)).rejects.toMatchObject(refused)
  await expect(replicaAccess.usage([], never)).rejects.toMatchObject(refused)
  await expect(replicaAccess.readArchive({ component: 'web', path: '/a' }, never)).rejects.toMatchObject(refused)
  expect(() => replicaAccess.forwardTarget({ component: 'web', port: 1 })).toThrow(expect.objectContaining(refused))
})
