// Shows what it was given: variables, files of the config map, the books, and a counter in the claim.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const { env } = process
const read = (variable, file) => readFileSync(join(env[variable], file), 'utf8')
const books = JSON.parse(read('MINIPAAS_MOUNT_BOOKS', 'books.json'))
const counter = join(env.MINIPAAS_MOUNT_PVC_LOANS, 'loans.txt')
const starts = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) + 1 : 1
writeFileSync(counter, String(starts))
writeFileSync(join(env.MINIPAAS_MOUNT_EMPTYDIR_CACHE, 'catalogue.json'), JSON.stringify(books))

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    `${JSON.stringify({
      greeting: env.GREETING,
      debug: env.DEBUG ?? null,
      shelves: env.SHELVES,
      hours: env.OPENING_HOURS,
      hasKey: (env.DESK_KEY ?? '') !== '',
      rules: read('MINIPAAS_MOUNT_CONFIGMAP_LIBRARY_SETTINGS', 'rules.txt').trim(),
      books,
      starts,
    })}\n`,
  )
})
server.listen(Number(env.PORT), () => console.log('the library is open'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
