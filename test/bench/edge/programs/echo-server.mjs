// A WebSocket server that says what it hears: `echo-server.mjs <port>`.
import { WebSocketServer } from 'ws'

const [port] = process.argv.slice(2).map(Number)
const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
