// A web server for tests of scaling. Paths: / says who answers; /stay is answered never; /together/<n> is answered when TOGETHER of them
// are here, with the number of the connection that it came on; /healthz is ready once a file of that name is in the working directory,
// or at once without AWAIT.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'

const { PORT = '8000', TOGETHER = '1', AWAIT } = process.env
const waiting = []
const numbers = new WeakMap()
let connections = 0

const server = createServer((request, response) => {
  const answer = (status, value) => {
    const body = JSON.stringify(value)
    response.writeHead(status, { 'content-length': body.length }).end(body)
  }
  const { pathname } = new URL(request.url, 'http://web')
  if (pathname === '/healthz') answer(AWAIT === undefined || existsSync(AWAIT) ? 200 : 503, {})
  else if (pathname.startsWith('/together/')) {
    waiting.push(() => answer(200, { request: Number(pathname.slice(10)), connection: numbers.get(request.socket) }))
    if (waiting.length >= Number(TOGETHER)) for (const go of waiting.splice(0)) go()
  } else if (pathname !== '/stay') answer(200, { pid: process.pid })
})
server.on('connection', (socket) => numbers.set(socket, connections++))
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
server.listen(Number(PORT))
