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
