import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { Handshake } from '../../../runtime/edge/tls/handshake.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { after } from '../../../src/kernel/instant.ts'
import { eventually } from '../../kit/eventually.ts'
import { RawClient } from './raw-client.ts'

const MINUTE = 60_000

// The clock of this connection is told the time, so that nobody has to wait for a minute.
test('a handshake that is not over after a minute is cut', async () => {
  const accepted: Socket[] = []
  const server = createServer((socket) => accepted.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  using client = new RawClient(connect(address.port, '127.0.0.1'))
  const socket = await eventually(() => accepted[0])
  let closed = 0
  const start = systemClock.now()
  const hooks = { clock: { ...systemClock, now: () => start }, find: () => undefined, onSecure: () => {}, onClosed: () => closed++ }
  const handshake = new Handshake(socket, hooks)
  handshake.sweep(after(start, MINUTE - 1))
  expect(socket.destroyed).toBe(false)
  handshake.sweep(after(start, MINUTE))
  await eventually(() => (closed === 1 && client.closed ? true : undefined))
  server.close()
})
