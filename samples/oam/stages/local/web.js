// Says which stage it is.
import { createServer } from 'node:http'

let calls = 0
const server = createServer((request, response) => {
  if (request.headers['x-caller'] !== undefined) calls++
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ stage: process.env.STAGE, replica: process.env.MINIPAAS_REPLICA, calls })}\n`)
})
server.listen(Number(process.env.PORT), () => console.log(`${process.env.STAGE} listens`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
