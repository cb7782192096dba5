// Says which stage it is.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const { PORT = '8000', STAGE: stage, MINIPAAS_REPLICA: replica = hostname() } = process.env
let calls = 0

const server = createServer((request, response) => {
  if (request.headers['x-caller'] !== undefined) calls++
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ stage, replica, calls })}\n`)
})
server.listen(Number(PORT), () => console.log(`${stage} listens`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
