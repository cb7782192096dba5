// Sends the next message on each connection when the one before has come back, and prints messages per second: `echo-load.mjs <port> <connections> <seconds>`.
import { WebSocket } from 'ws'

const [port, connections, seconds] = process.argv.slice(2).map(Number)
const message = Buffer.alloc(100, 'x')
let echoed = 0
const sockets = await Promise.all(
  Array.from(
    { length: connections },
    () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, { perMessageDeflate: false })
        socket.once('open', () => resolve(socket)).once('error', reject)
      }),
  ),
)
const began = performance.now()
for (const socket of sockets) {
  socket.on('message', () => {
    echoed++
    socket.send(message)
  })
  socket.on('close', () => process.exit(1))
  socket.send(message)
}
setTimeout(() => {
  console.log(echoed / ((performance.now() - began) / 1000))
  process.exit(0)
}, seconds * 1000)
