import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { openConnection } from '../../../../../runtime/engines/docker/discovery/connection.ts'
import { scratchDirectory } from '../../../../kit/scratch.ts'

test('a connection that fails while nobody uses it does not end the program', async () => {
  using scratch = scratchDirectory()
  const path = `${scratch.path}/engine.sock`
  const server = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const { agent, close } = openConnection({ url: `unix://${path}`, strategy: 'test', local: true }, {})
  try {
    const socket = await new Promise<Socket>((resolve) => {
      const opened = agent.createConnection({ path }, () => resolve(opened as Socket)) as Socket
    })
    // Without a listener, an error event is thrown.
    expect(() => socket.emit('error', new Error('aborted'))).not.toThrow()
    socket.destroy()
  } finally {
    close()
    await new Promise((resolve) => server.close(resolve))
  }
})
