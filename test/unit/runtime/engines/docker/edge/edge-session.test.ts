import { describe, expect, test } from '@jest/globals'
import { EdgeSession } from '../../../../../../runtime/engines/docker/edge/edge-session.ts'
import { assignPorts, type BusyPorts, type WantedPort } from '../../../../../../runtime/engines/docker/edge/published-ports.ts'
import { instant } from '../../../../../../src/kernel/instant.ts'
import type { BackendCounters, EdgeListener, EdgeMessage, EdgeTable, ToEdge } from '../../../../../../src/model/edge.ts'
import { Mailbox } from '../../../../../../src/simulate/mailbox.ts'

const web: EdgeListener = { id: 'web', host: '127.0.0.1', port: 8080, taken: 'next', serve: { by: 'routes' } }
const admin: EdgeListener = { ...web, id: 'publish/9000', port: 9000, taken: 'fail' }

function table(version: number, ...listeners: readonly EdgeListener[]): EdgeTable {
  return { version, environment: 'shop', listeners, routes: [], backends: [], probes: [], names: [] }
}

function wantedOf(listeners: readonly EdgeListener[]): readonly WantedPort[] {
  return listeners.map(({ id, port, taken }) => ({ id, port, taken: taken === 'any' ? 'next' : taken }))
}

/** A session over an edge that publishes these, and says what it is told to say. */
function open(publishes: readonly EdgeListener[], busy: BusyPorts = new Map()) {
  const said = new Mailbox<EdgeMessage>()
  const sent: ToEdge[] = []
  const wishes: { readonly wanted: readonly WantedPort[]; readonly exactly: boolean }[] = []
  const session = new EdgeSession(
    { messages: said, send: (message) => void sent.push(message), close: () => said.close() },
    {
      address: '10.9.15.254',
      published: assignPorts(wantedOf(publishes), busy),
      wish: (wanted, exactly) => wishes.push({ wanted, exactly }),
    },
  )
  return { session, said, sent, wishes, messages: session.messages[Symbol.asyncIterator]() }
}

function counters(inFlight: number, held = 0): EdgeMessage {
  const backends = [{ backend: 'web:80', inFlight, held } as unknown as BackendCounters]
  return { type: 'counters', at: instant(0), backends }
}

describe('a session with an edge in a container', () => {
  test('speaks of the host`s ports outside and of the container`s inside', async () => {
    const { session, said, sent, messages } = open([web], new Map([[8080, 'taken']]))
    session.send({ type: 'ping', id: 1 })
    session.send({ type: 'table', table: table(1, web) })
    expect(sent).toEqual([
      { type: 'ping', id: 1 },
      { type: 'table', table: table(1, { ...web, host: '10.9.15.254', taken: 'fail' }) },
    ])
    said.push({ type: 'hello', protocol: 1, pid: 1, tableVersion: 1, bound: { web: 8080 } })
    said.push({ type: 'ack', version: 1, bound: { web: 8080 }, problems: [] })
    said.push({ type: 'pong', id: 1 })
    expect((await messages.next()).value).toMatchObject({ type: 'hello', bound: { web: 8081 } })
    expect((await messages.next()).value).toEqual({ type: 'ack', version: 1, bound: { web: 8081 }, problems: [] })
    expect((await messages.next()).value).toEqual({ type: 'pong', id: 1 })
  })

  test('adds what could not be published to what the edge has to complain', async () => {
    const { session, said, messages } = open([web, admin], new Map([[9000, 'port 9000 is taken']]))
    session.send({ type: 'table', table: table(1, web, admin) })
    said.push({ type: 'ack', version: 1, bound: { web: 8080 }, problems: [{ listener: 'x', message: 'y' }] })
    expect((await messages.next()).value).toEqual({
      type: 'ack',
      version: 1,
      bound: { web: 8080 },
      problems: [
        { listener: 'x', message: 'y' },
        { listener: 'publish/9000', message: 'port 9000 is taken' },
      ],
    })
  })

  test('ends with the reason when a table needs a port that the container does not publish', async () => {
    const { session, sent, wishes, messages } = open([web])
    session.send({ type: 'table', table: table(1, web, admin) })
    expect(sent).toEqual([])
    expect(wishes).toEqual([{ wanted: wantedOf([web, admin]), exactly: false }])
    await expect(messages.next()).rejects.toThrow('the edge is replaced by one that also listens at 127.0.0.1:9000')
  })

  test('ends without a reason when the edge does', async () => {
    const { said, messages } = open([web])
    said.close()
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })

  test('gives a port back that nobody needs only after ten idle reports in a row', async () => {
    const { session, said, wishes, messages } = open([web, admin])
    session.send({ type: 'table', table: table(1, web) })
    const report = async (...reports: readonly EdgeMessage[]): Promise<void> => {
      for (const message of reports) {
        said.push(message)
        expect((await messages.next()).value).toEqual(message)
      }
    }
    const idle = Array.from({ length: 9 }, () => counters(0))
    await report(...idle, counters(1), ...idle, counters(0, 1), ...idle)
    expect(wishes.map(({ exactly }) => exactly)).toEqual([false])
    await report(counters(0))
    await expect(messages.next()).rejects.toThrow('the edge is replaced by one that no longer listens at 127.0.0.1:9000')
    session.send({ type: 'table', table: table(2, web) })
    expect(wishes.at(-1)).toEqual({ wanted: wantedOf([web]), exactly: true })
  })

  test('keeps its ports while they are needed, and before it has a table', async () => {
    const { session, said, messages } = open([web, admin])
    const many = Array.from({ length: 12 }, () => counters(0))
    for (const message of many) said.push(message)
    for (const message of many) expect((await messages.next()).value).toEqual(message)
    session.send({ type: 'table', table: table(1, web, admin) })
    for (const message of many) said.push(message)
    for (const message of many) expect((await messages.next()).value).toEqual(message)
  })
})
