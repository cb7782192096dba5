import { connect } from 'node:net'

/** Says lines of the protocol of NATS and waits until the server has taken them all. */
export async function sayToNats(port: number, ...lines: readonly string[]): Promise<readonly string[]> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('data', (chunk) => {
      heard += String(chunk)
      if (heard.includes('PONG\r\n')) resolve()
    })
    socket.write(['CONNECT {"verbose":false}', ...lines, 'PING', ''].join('\r\n'))
  })
  socket.destroy()
  return heard.split('\r\n')
}

/** A message for a subject; for the interface of JetStream an object. */
export function publication(subject: string, body: string | object): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return `PUB ${subject} ${Buffer.byteLength(text)}\r\n${text}`
}
