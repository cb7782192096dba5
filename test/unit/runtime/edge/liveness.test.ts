import { expect, test } from '@jest/globals'
import { Liveness } from '../../../../runtime/edge/http2/liveness.ts'

class Watched {
  readonly socket = { bytesRead: 100, bytesWritten: 50 }
  pings = 0
  destroyed = 0
  /** Whether bytes still leave: not on a session that node:http2 has given up. */
  writes: boolean

  constructor(writes: boolean) {
    this.writes = writes
  }

  readonly session = {
    ping: (): boolean => {
      this.pings++
      if (this.writes) this.socket.bytesWritten += 17
      return true
    },
    destroy: (): void => {
      this.destroyed++
    },
  }
}

test('a silent session is asked for a sign of life, and stays while it can ask', () => {
  const watched = new Watched(true)
  const liveness = new Liveness(watched)
  for (let turn = 0; turn < 70; turn++) liveness.look()
  expect(watched.pings).toBe(10)
  expect(watched.destroyed).toBe(0)
})

test('a session with too many unanswered pings stays', () => {
  const watched = new Watched(false)
  watched.session.ping = () => false
  const liveness = new Liveness(watched)
  for (let turn = 0; turn < 70; turn++) liveness.look()
  expect(watched.destroyed).toBe(0)
})

test('a busy session is not asked', () => {
  const watched = new Watched(true)
  const liveness = new Liveness(watched)
  for (let turn = 0; turn < 70; turn++) {
    watched.socket.bytesRead++
    liveness.look()
  }
  expect(watched.pings).toBe(0)
})

test('a session that cannot even ask is ended', () => {
  const watched = new Watched(false)
  const liveness = new Liveness(watched)
  for (let turn = 0; turn < 8; turn++) liveness.look()
  expect([watched.pings, watched.destroyed]).toEqual([1, 1])
})
