// Shows what it was given: variables, files of the config map, the books, and a counter in the claim.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

// A process is told where its volumes and its port are; in a container they are where app.yaml says.
const {
  PORT = '80',
  MINIPAAS_MOUNT_PVC_LOANS: loans = '/var/lib/library',
  MINIPAAS_MOUNT_CONFIGMAP_LIBRARY_SETTINGS: settings = '/etc/library',
  MINIPAAS_MOUNT_EMPTYDIR_CACHE: cache = '/var/cache/library',
  MINIPAAS_MOUNT_BOOKS: shelf = '/usr/share/books',
  ...env
} = process.env

const books = JSON.parse(readFileSync(join(shelf, 'books.json'), 'utf8'))
const counter = join(loans, 'loans.txt')
const starts = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) + 1 : 1
writeFileSync(counter, String(starts))
writeFileSync(join(cache, 'catalogue.json'), JSON.stringify(books))

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    `${JSON.stringify({
      greeting: env.GREETING,
      debug: env.DEBUG ?? null,
      shelves: env.SHELVES,
      hours: env.OPENING_HOURS,
      hasKey: (env.DESK_KEY ?? '') !== '',
      rules: readFileSync(join(settings, 'rules.txt'), 'utf8').trim(),
      books,
      starts,
    })}\n`,
  )
})
server.listen(Number(PORT), () => console.log('the library is open'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
