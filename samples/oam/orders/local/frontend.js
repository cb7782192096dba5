// Gives out order numbers and writes an access log into the shared volume.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'

const { PORT = '8080', MINIPAAS_REPLICA: replica = hostname() } = process.env
const log = join(process.env.LOG_DIR, 'access.log')
let orders = 0
let counted = 0

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://frontend')
  if (pathname === '/counted') counted = Number(searchParams.get('lines'))
  else appendFileSync(log, `${request.method} ${pathname}\n`)
  if (pathname === '/next') orders++
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ replica, orders, counted })}\n`)
})
server.listen(Number(PORT), () => console.log('frontend listens'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
