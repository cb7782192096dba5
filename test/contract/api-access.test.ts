import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { API_PROTOCOL, TOKEN_PROTOCOL } from '../../src/wire/api-routes.ts'
import { ApiWorld, type Ask, refusalIn } from '../kit/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await ApiWorld.open()
  world.environments.fake('shop')
})
afterAll(async () => {
  await world.close()
})

/** Who is refused: what the request carries, and the answer. `host` may hold PORT. */
const strangers: readonly (readonly [string, NonNullable<Ask['headers']>, number, string])[] = [
  ['no token', { authorization: undefined }, 401, 'MP8001'],
  ['an empty token', { authorization: 'Bearer ' }, 401, 'MP8001'],
  ['a wrong token', { authorization: 'Bearer a-token-of-this-test-0123456789abcdeF' }, 401, 'MP8001'],
  ['a part of the token', { authorization: 'Bearer a-token-of-this-test' }, 401, 'MP8001'],
  ['the token in another scheme', { authorization: 'Basic a-token-of-this-test-0123456789abcdef' }, 401, 'MP8001'],
  ['a rebound host name', { host: 'evil.example:PORT' }, 421, 'MP8002'],
  ['a host name that ends like ours', { host: 'evil.127.0.0.1:PORT' }, 421, 'MP8002'],
  ['our host without the port', { host: '127.0.0.1' }, 421, 'MP8002'],
  ['our host with another port', { host: '127.0.0.1:1' }, 421, 'MP8002'],
  ['another name of this machine', { host: '0.0.0.0:PORT' }, 421, 'MP8002'],
  ['a sub-domain of localhost', { host: 'evil.localhost:PORT' }, 421, 'MP8002'],
  ['an origin', { origin: 'http://evil.example' }, 403, 'MP8021'],
  ['our own address as origin', { origin: 'http://127.0.0.1:PORT' }, 403, 'MP8021'],
  ['the origin of a sandboxed page', { origin: 'null' }, 403, 'MP8021'],
]

const withPort = (headers: NonNullable<Ask['headers']>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.replace('PORT', String(world.port))]))

describe('access to the API', () => {
  test.each(strangers)('a request with %s is refused on every path', async (_name, headers, status, code) => {
    for (const [path, method] of [
      ['/v1/version', 'GET'],
      ['/metrics', 'GET'],
      ['/v1/environments/shop', 'GET'],
      ['/v1/environments/shop/apply', 'POST'],
      ['/v1/environments/shop/down', 'POST'],
      ['/v1/shutdown', 'POST'],
      ['/v1/shutdown-if-idle', 'POST'],
      ['/nowhere', 'GET'],
      ['/v1/version', 'OPTIONS'],
    ] as const) {
      const answer = await world.ask(path, { method, headers: withPort(headers) })
      expect([path, answer.status, refusalIn(answer).code]).toEqual([path, status, code])
      const cors = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))
      expect(cors).toEqual([])
    }
    expect(world.shutdowns).toEqual([])
    expect(world.environments.fake('shop').calls).toEqual([])
  })

  test.each(strangers)('a WebSocket with %s is refused on every path', async (_name, headers, status, code) => {
    for (const path of ['/v1/environments/shop/events', '/v1/environments/shop/exec', '/v1/sessions/s1', '/nowhere']) {
      const opening = await world.connect(path, { headers: withPort(headers) })
      if (opening.opened) throw new Error(`${path} opened`)
      expect([path, opening.answer.status, refusalIn(opening.answer).code]).toEqual([path, status, code])
    }
  })

  test.each(['127.0.0.1', 'localhost'])('a request with the token to %s is welcome', async (name) => {
    const answer = await world.ask('/v1/version', { headers: { host: `${name}:${world.port}` } })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ version: '1.2.3', pid: 77, startedAt: 5, instance: 'inst' })
  })

  test('a WebSocket client that cannot set headers offers the token as a sub-protocol', async () => {
    const opening = await world.connect('/v1/environments/shop/events', {
      headers: { authorization: undefined },
      protocols: [API_PROTOCOL, `${TOKEN_PROTOCOL}${world.token}`],
    })
    if (!opening.opened) throw new Error(opening.answer.text)
    expect(opening.socket.protocol).toBe(API_PROTOCOL)
    opening.socket.close(1000)
    const wrong = await world.connect('/v1/environments/shop/events', {
      headers: { authorization: undefined },
      protocols: [API_PROTOCOL, `${TOKEN_PROTOCOL}wrong`],
    })
    expect(wrong.opened).toBe(false)
  })

  test('the token is not taken from a sub-protocol of a plain request, nor from the query', async () => {
    const headers = { authorization: undefined, 'sec-websocket-protocol': `${TOKEN_PROTOCOL}${world.token}` }
    expect((await world.ask('/v1/version', { headers })).status).toBe(401)
    expect((await world.ask(`/v1/version?token=${world.token}`, { headers: { authorization: undefined } })).status).toBe(401)
  })

  test('listens on the loopback address only', async () => {
    const others = Object.values((await import('node:os')).networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === 'IPv4' && !address.internal)
    for (const { address } of others) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: world.port })
        socket.once('connect', () => resolve(true))
        socket.once('error', () => resolve(false))
      })
      expect([address, reached]).toEqual([address, false])
    }
  })

  test('garbage on the wire does not disturb it', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: world.port }, () => socket.end('\x16\x03\x01 not http\r\n\r\n'))
      socket.on('error', () => {})
      socket.once('close', () => resolve())
      socket.resume()
    })
    expect((await world.ask('/v1/version')).status).toBe(200)
  })
})
