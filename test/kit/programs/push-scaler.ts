// An external scaler for tests: gRPC at PORT. Lines at PORT_CONTROL set its value; it pushes that it is active when it becomes so.
import { createServer } from 'node:net'
import { ExternalScaler } from '../meters/external-scaler.ts'

const { PORT = '6000', PORT_CONTROL = '6001', BIND = '127.0.0.1' } = process.env
const scaler = new ExternalScaler()
const TARGET = 2n
const set = (value: bigint): void => {
  scaler.answers = { active: value > 0n, specs: [{ name: 'parcels', old: TARGET }], values: { parcels: [{ old: value }] } }
  scaler.report(value > 0n)
}
set(0n)
void scaler.listen(Number(PORT), undefined, BIND)
createServer((socket) => {
  socket.on('data', (chunk: Buffer) => {
    set(BigInt(String(chunk).trim()))
    socket.end('set\n')
  })
}).listen(Number(PORT_CONTROL), BIND)
