import { createHash, type Hash } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:http2'
import { type Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from '@jest/globals'
import { ReplicaServer } from '../conformance/edge/replica-server.ts'
import { SoakedEdge } from './soaked-edge.ts'

const MEGABYTE = 1024 * 1024
const GIGABYTE = 1024 * MEGABYTE
/** What a body of any length may add to the memory of the edge, in megabytes. */
const FLAT = 24

/** A body that is not the same anywhere. */
function* blocks(length: number, sent: Hash, onBlock: () => void): Generator<Buffer> {
  for (let at = 0; at < length; at += MEGABYTE) {
    const block = Buffer.alloc(MEGABYTE, `${at} `)
    sent.update(block)
    onBlock()
    yield block
  }
}

/** Opens a request with a body of this length; what is read of the answer are the bytes of its body. */
const protocols: Record<
  string,
  (port: number, length: number) => { readonly out: Writable; readonly answer: Promise<Readable>; end(): void }
> = {
  'HTTP/1.1': (port, length) => {
    const out = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers: { 'content-length': length } })
    const answer = new Promise<Readable>((resolve, reject) => out.once('response', resolve).once('error', reject))
    return { out, answer, end: () => out.destroy() }
  },
  'HTTP/2': (port, length) => {
    const session = connect(`http://127.0.0.1:${port}`)
    const out: Duplex = session.request({ ':method': 'POST', ':path': '/', 'content-length': length })
    return { out, answer: Promise.resolve(out), end: () => session.destroy() }
  },
}

async function echo(protocol: string, port: number, length: number, onBlock: () => void): Promise<void> {
  const open = protocols[protocol]
  if (open === undefined) throw new Error(`no protocol ${protocol}`)
  const { out, answer, end } = open(port, length)
  const sent = createHash('sha1')
  const received = createHash('sha1')
  const take = new Writable({
    write: (part: Buffer, _encoding, done) => {
      received.update(part)
      done()
    },
  })
  const sending = pipeline(Readable.from(blocks(length, sent, onBlock), { highWaterMark: 1 }), out)
  await Promise.all([sending, answer.then((body) => pipeline(body, take))])
  end()
  expect(received.digest('hex')).toBe(sent.digest('hex'))
}

test.each(Object.keys(protocols))('1 GB in and out over %s', async (protocol) => {
  await using server = await ReplicaServer.start((incoming, response) => {
    response.writeHead(200, { 'content-length': String(incoming.headers['content-length']) })
    incoming.pipe(response)
  })
  await using edge = await SoakedEdge.start([server.replica()])
  await echo(protocol, edge.port, 64 * MEGABYTE, () => {})
  const before = edge.memory
  let highest = 0
  await echo(protocol, edge.port, GIGABYTE, () => {
    highest = Math.max(highest, edge.memory)
  })
  process.stdout.write(`${protocol}: 1 GB in and out, at most ${(highest - before).toFixed(1)} MB more than ${before.toFixed(1)} MB\n`)
  expect(highest - before).toBeLessThan(FLAT)
})
