import { connect } from 'node:net'
import { systemClock } from '../../runtime/time/system-clock.ts'

const LIMIT_MS = 20_000

/** Resolves with the first byte of an answer that is no refusal; tries again each millisecond. Rejects after 20 s. */
export async function firstAnswer(port: number, host: string, address = '127.0.0.1'): Promise<void> {
  const limit = performance.now() + LIMIT_MS
  while (!(await answers({ port, host, address }))) {
    if (performance.now() > limit) throw new Error(`no answer from ${host} at ${address}:${port}`)
    await systemClock.sleep(1)
  }
}

function answers({ port, host, address }: { readonly port: number; readonly host: string; readonly address: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true })
    socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`))
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
    socket.once('data', (bytes) => {
      resolve(/^HTTP\/1\.[01] 200/.test(bytes.toString('latin1', 0, 12)))
      socket.destroy()
    })
  })
}
