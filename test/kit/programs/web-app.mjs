// A web server for tests of the life cycle. Variables: VERSION (said in answers), START_MS (time before it listens), ON_TERM=ignore.
// Paths: / says who answers; /slow?ms=500 the same, later; /visits counts in the volume. As the side container it only stays.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const { PORT = '8000', VERSION = '1', START_MS = '0', ON_TERM = 'end', MINIPAAS_MOUNT_DATA: data } = process.env
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

if (process.argv[2] === 'beside') {
  setInterval(() => {}, 1 << 30)
} else {
  let busy = 0
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://web')
    if (pathname === '/slow') {
      busy++
      await wait(Number(searchParams.get('ms')))
      busy--
    }
    const answer = { pid: process.pid, version: VERSION, busy, ...(pathname === '/visits' ? { visits: countVisit() } : {}) }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  process.on('SIGTERM', () => {
    console.log(`asked to end, ${ON_TERM}`)
    if (ON_TERM === 'end') server.close(() => process.exit(0))
  })
  if (START_MS !== '0') await wait(Number(START_MS))
  server.listen(Number(PORT), () => console.log(`version ${VERSION} listens`))
}

function countVisit() {
  const file = join(data, 'visits')
  const visits = (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) + 1
  writeFileSync(file, String(visits))
  return visits
}
