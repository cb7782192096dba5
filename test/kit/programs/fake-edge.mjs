// Stands in for the edge where a test is about who starts and ends it: says hello, answers pings, ends at `shutdown`.
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { directory: { type: 'string' }, environment: { type: 'string' } } })
const path = `${values.directory}/edge.sock`
rmSync(path, { force: true })
const server = createServer((socket) => {
  const send = (message) => socket.write(`${JSON.stringify(message)}\n`)
  send({ type: 'hello', protocol: 1, pid: process.pid, tableVersion: 0, bound: {} })
  let rest = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      const message = JSON.parse(line)
      if (message.type === 'ping') send({ type: 'pong', id: message.id })
      if (message.type === 'shutdown') process.exit(0)
    }
  })
})
server.listen(path)
