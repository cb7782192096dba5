// Stands in for the web server of the image.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

// A process is told its port and its name; a container has both for itself.
const { PORT = '80', MINIPAAS_REPLICA: replica = hostname() } = process.env

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.end(`hello from ${replica} at ${request.url}\n`)
})
server.listen(Number(PORT), () => console.log('hello listens'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
