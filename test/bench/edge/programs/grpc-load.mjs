// Keeps a number of calls going over one channel, and prints calls per second: `grpc-load.mjs <port> <calls at once> <seconds> [authority]`.
import grpc from '@grpc/grpc-js'
import { calls } from './calls.mjs'

const [port, atOnce, seconds] = process.argv.slice(2, 5).map(Number)
const authority = process.argv[5]
const Client = grpc.makeGenericClientConstructor(calls, 'Echo')
const options = authority === undefined ? {} : { 'grpc.default_authority': authority }
const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options)
const message = Buffer.alloc(100, 'x')
let answered = 0
let over = false
const began = performance.now()
const next = () => {
  client.echo(message, (error) => {
    if (error !== null) {
      console.error(error.message)
      process.exit(1)
    }
    answered++
    if (!over) next()
  })
}
for (let call = 0; call < atOnce; call++) next()
setTimeout(() => {
  over = true
  console.log(answered / ((performance.now() - began) / 1000))
  process.exit(0)
}, seconds * 1000)
