// Answers each call with its own bytes: `grpc-server.mjs <port>`.
import grpc from '@grpc/grpc-js'
import { calls } from './calls.mjs'

const [port] = process.argv.slice(2).map(Number)
const server = new grpc.Server()
server.addService(calls, { echo: (call, done) => done(null, call.request) })
server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error
})
