// Beside the front end: counts the lines of its access log and tells it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const path = join(process.env.LOG_DIR, 'access.log')

async function count() {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
  try {
    await fetch(`${process.env.FRONTEND}/counted?lines=${lines}`)
  } catch {
    console.log('the front end does not listen yet')
  }
}

setInterval(count, 200)
process.on('SIGTERM', () => process.exit(0))
