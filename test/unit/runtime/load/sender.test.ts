import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { HttpSender, type Outcome } from '../../../../runtime/load/sender.ts'
import type { LoadDestination } from '../../../../src/control/measuring-ports.ts'

const servers: Server[] = []
const senders: HttpSender[] = []

afterEach(() => {
  for (const sender of senders.splice(0)) sender.close()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(listener: RequestListener, sockets: Socket[] = []): Promise<number> {
  const server = createServer(listener).on('connection', (socket) => sockets.push(socket))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function open(port: number, changes: Partial<LoadDestination> = {}): () => Promise<Outcome> {
  const base = { host: '127.0.0.1', port, tls: false, authority: 'web.shop.localhost:8080', method: 'GET', path: '/a?b=1', headers: [] }
  const sender = new HttpSender({ ...base, ...changes }, 10)
  senders.push(sender)
  return () => new Promise((resolve) => void sender.send(resolve))
}

test('asks for the path under the host of the address, with the given headers, over kept connections', async () => {
  const seen: unknown[] = []
  const sockets: Socket[] = []
  const port = await serve(({ method, url, headers }, response) => {
    seen.push({ method, url, host: headers.host, agent: headers['user-agent'], x: headers['x-a'] })
    response.end('hello')
  }, sockets)
  const headers = [['X-A', '1'] as const, ['x-a', '2'] as const, ['User-Agent', 'me'] as const]
  const ask = open(port, { method: 'DELETE', headers })
  expect(await ask()).toEqual({ status: 200, bytes: 5, repeated: false })
  await ask()
  expect(seen).toEqual(Array(2).fill({ method: 'DELETE', url: '/a?b=1', host: 'web.shop.localhost:8080', agent: 'me', x: '1, 2' }))
  expect(sockets).toHaveLength(1)
})

test('a redirection is an answer: it is not followed', async () => {
  const port = await serve((_request, response) => void response.writeHead(302, { location: 'http://example.com/' }).end())
  expect(await open(port)()).toMatchObject({ status: 302 })
})

test('nobody there, and an answer that breaks off', async () => {
  const port = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    request.socket.destroySoon()
  })
  expect(await open(port)()).toEqual({ error: 'ECONNRESET', repeated: false })
  expect(await open(1)()).toEqual({ error: 'ECONNREFUSED', repeated: false })
})

test.each([
  ['GET', { status: 200, repeated: true }],
  ['POST', { error: 'ECONNRESET', repeated: false }],
])('%s on a kept connection that closes at that moment', async (method, outcome) => {
  let count = 0
  const port = await serve((request, response) => {
    count++
    if (count === 2) request.socket.resetAndDestroy()
    else response.end()
  })
  const ask = open(port, { method })
  await ask()
  expect(await ask()).toMatchObject(outcome)
})
