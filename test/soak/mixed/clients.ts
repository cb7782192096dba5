import { request } from 'node:http'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

const BODY = Buffer.alloc(64 * 1024, 'b')

/** One request whose answer is complete and right: a body that comes back, or none. */
export function ask(port: number, method: 'GET' | 'POST'): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: '/', headers: { host: 'web.shop.localhost' } }, (answer) => {
      let length = 0
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length
      })
      answer.on('end', () => {
        const expected = method === 'POST' ? BODY.length : 0
        if (answer.statusCode === 200 && length === expected) resolve()
        else reject(new Error(`${method}: ${answer.statusCode} with ${length} bytes`))
      })
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? BODY : undefined)
  })
}

/** A WebSocket with some messages; one that is told to go away (1001) has done its part. */
export function converse(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    let heard = 0
    socket.on('open', () => socket.send('hello'))
    socket.on('message', () => {
      heard++
      if (heard < 20) socket.send('again')
      else socket.close(1000)
    })
    socket.on('close', (code) => (code === 1000 || code === 1001 || code === 1005 ? resolve() : reject(new Error(`closed with ${code}`))))
    socket.on('error', reject)
  })
}

/** Bytes through a service's address: any end is fine when the replica drains, but none before the bytes are back. */
export function echo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let heard = 0
    socket.on('connect', () => socket.write(BODY))
    socket.on('data', (chunk) => {
      heard += chunk.length
      if (heard === BODY.length) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => (heard === BODY.length ? resolve() : reject(new Error(`${heard} bytes came back`))))
  })
}
