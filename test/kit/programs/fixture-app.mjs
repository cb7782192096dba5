// A program for engine tests that does what its one argument (JSON, a `Program` of test/conformance/engines) says.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const program = JSON.parse(process.argv[2])

function stay() {
  setInterval(() => {}, 1 << 30)
}

function serve(port) {
  const server = createServer((request, response) => {
    if (request.url === '/env') return response.end(JSON.stringify(process.env))
    if (request.url === '/pid') return response.end(String(process.pid))
    response.end(program.body ?? 'hello')
  })
  server.listen(port, program.host)
  if (program.onTerm !== 'ignore') return
  process.on('SIGTERM', () => {})
}

const behaviours = {
  serve: () => serve(Number(process.env.PORT)),
  'serve-on': () => serve(program.port),
  exit: () => setTimeout(() => process.exit(program.code), program.afterMs ?? 0),
  stay: () => {
    if (program.onTerm === 'ignore') process.on('SIGTERM', () => {})
    if (program.onTerm === 'exit-0') process.on('SIGTERM', () => process.exit(0))
    stay()
    if (program.say) console.log(program.say)
  },
  print: () => {
    for (const line of program.out ?? []) process.stdout.write(line)
    for (const line of program.err ?? []) process.stderr.write(line)
    if (program.end === 'stay') stay()
  },
  // A child in the group and one in a session of its own, as a daemon makes itself.
  fork: () => {
    const child = (detached) =>
      spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1 << 30)"], { detached, stdio: 'ignore' }).pid
    console.log(JSON.stringify([child(false), child(true)]))
    if (program.end === 'stay') stay()
    else process.exit(0)
  },
  'print-file': () => console.log(readFileSync(process.env[program.variable] + (program.path ?? ''), 'utf8')),
  'write-file': () => writeFileSync(process.env[program.variable] + program.path, program.content),
  'print-env': () => console.log(JSON.stringify(process.env)),
}

behaviours[program.kind]()
