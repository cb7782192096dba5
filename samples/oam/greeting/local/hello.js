// Stands in for the web server of the image.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.end(`hello from ${process.env.MINIPAAS_REPLICA} at ${request.url}\n`)
})
server.listen(Number(process.env.PORT), () => console.log('hello listens'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
