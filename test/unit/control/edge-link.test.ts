import { expect, test } from '@jest/globals'
import { EdgeLink } from '../../../src/control/edge-link.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { EdgeMessage } from '../../../src/model/edge.ts'
import type { EdgeChannel, EdgeHost } from '../../../src/model/engine.ts'
import { Mailbox } from '../../../src/simulate/mailbox.ts'

const owner = { environment: 'shop', instance: 'i' }

/** An edge host whose channels are given out one after another. */
function hostOf(channels: readonly Mailbox<EdgeMessage>[]): { readonly host: EdgeHost; attaches: number } {
  const counted = {
    attaches: 0,
    host: {
      attach: (): Promise<EdgeChannel> => {
        const messages = channels[counted.attaches++]
        if (messages === undefined) throw new Error('no more channels')
        return Promise.resolve({ messages, send: () => {}, close: () => messages.close() })
      },
      describe: () => Promise.resolve('pid 7'),
    },
  }
  return counted
}

function hello(): Mailbox<EdgeMessage> {
  const messages = new Mailbox<EdgeMessage>()
  messages.push({ type: 'hello', protocol: 1, pid: 7, tableVersion: 0, bound: {} })
  return messages
}

test('an edge that accepts and never says hello is hung up on, and tried again', async () => {
  const clock = new VirtualClock()
  const mute = new Mailbox<EdgeMessage>()
  const first = hello()
  const counted = hostOf([first, mute, hello()])
  const heard: string[] = []
  const link = new EdgeLink({
    host: counted.host,
    owner,
    clock,
    logger: silentLogger,
    received: () => {},
    attached: () => heard.push('attached'),
    away: () => heard.push('away'),
    shade: (text) => text,
    reportEveryMs: 1000,
  })
  await link.attach(new AbortController().signal)
  first.close()
  await clock.advance(1_000)
  expect({ attaches: counted.attaches, attached: link.attached, muteIsOpen: mute.open }).toEqual({
    attaches: 2,
    attached: false,
    muteIsOpen: true,
  })
  await clock.advance(20_000)
  expect({ attaches: counted.attaches, attached: link.attached, muteIsOpen: mute.open }).toEqual({
    attaches: 3,
    attached: true,
    muteIsOpen: false,
  })
  expect(heard).toEqual(['attached', 'away', 'attached'])
  link.close()
})

test('what completes a table is added when it is sent, and sent again only when it has changed', async () => {
  const counted = hostOf([hello(), hello()])
  const sent: (number | undefined)[] = []
  let holdMs = 1
  const link = new EdgeLink({
    host: {
      ...counted.host,
      attach: async (...args) => ({
        ...(await counted.host.attach(...args)),
        send: (message) => sent.push(message.type === 'table' ? message.table.routes[0]?.holdMs : undefined),
      }),
    },
    owner,
    clock: new VirtualClock(),
    logger: silentLogger,
    received: () => {},
    attached: () => {},
    away: () => {},
    shade: (text) => text,
    reportEveryMs: 1000,
    complete: (table) => ({ ...table, routes: [{ path: '/', pathType: 'prefix', targets: [], holdMs }] }),
  })
  const { signal } = new AbortController()
  link.refresh()
  link.push({ environment: 'shop', listeners: [], routes: [], backends: [], probes: [], names: [] })
  await link.attach(signal)
  expect(sent).toEqual([1])
  link.refresh()
  expect(sent).toEqual([1])
  holdMs = 2
  link.refresh()
  expect(sent).toEqual([1, 2])
  link.close()
  holdMs = 3
  await link.attach(signal)
  expect(sent).toEqual([1, 2, 3])
  link.close()
})

test('a listener that goes to another address is not listening until that is acknowledged', async () => {
  const messages = hello()
  const counted = hostOf([messages])
  const ports = { host: counted.host, owner, clock: new VirtualClock(), logger: silentLogger }
  const link = new EdgeLink({
    ...ports,
    received: () => {},
    attached: () => {},
    away: () => {},
    shade: (text) => text,
    reportEveryMs: 1000,
  })
  const { signal } = new AbortController()
  await link.attach(signal)
  const push = (host: string): number => {
    const listener = { id: 'service/db', host, port: 5432, taken: 'fail', serve: { by: 'routes' } } as const
    return link.push({ environment: 'shop', listeners: [listener], routes: [], backends: [], probes: [], names: [] })
  }
  const acknowledge = (version: number): void => messages.push({ type: 'ack', version, bound: { 'service/db': 5432 }, problems: [] })
  const isListening = async (): Promise<boolean> => {
    const over = new AbortController()
    const listening = link.listening(over.signal).then(
      () => true,
      () => false,
    )
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    over.abort()
    return listening
  }
  acknowledge(push('127.0.0.1'))
  expect(await isListening()).toBe(true)
  const moved = push('10.213.8.9')
  expect(await isListening()).toBe(false)
  acknowledge(moved)
  expect(await isListening()).toBe(true)
  push('10.213.8.9')
  expect(await isListening()).toBe(true)
  link.close()
})
