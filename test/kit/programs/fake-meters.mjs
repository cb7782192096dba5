// Stands in for the program that reads triggers where a test is about who hosts it. What a trigger does is its type; no static import, so
// that it runs under any name. Types: `fixed` (settings.value), `failed` (settings.why), `tcp` (settings.host, settings.port: the length of
// the first line that the server says), `push` (becomes active at once), `mute` (no reading of the whole question), `crash` (ends with
// its last words), `deaf` (answers nothing any more, and does not end with its input).
const triggers = new Map()
let isDeaf = false

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

async function firstLine({ host, port }) {
  const { connect } = await import('node:net')
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) })
    let said = ''
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      said += chunk
      if (!said.includes('\n')) return
      socket.destroy()
      resolve(said.slice(0, said.indexOf('\n')))
    })
  })
}

async function read(id) {
  const trigger = triggers.get(id)
  if (trigger === undefined) return { trigger: id, error: 'there is no such trigger' }
  const { type, settings } = trigger
  try {
    if (type === 'failed') throw new Error(settings.why)
    if (type === 'tcp') return { trigger: id, value: (await firstLine(settings)).length }
    return { trigger: id, value: Number(settings.value) }
  } catch (error) {
    return { trigger: id, error: error.message }
  }
}

async function answer({ id, triggers: ids }) {
  const types = ids.map((each) => triggers.get(each)?.type)
  if (types.includes('crash')) {
    process.stderr.write('no bread today\n')
    process.exit(3)
  }
  if (types.includes('deaf')) {
    isDeaf = true
    setInterval(() => {}, 1000)
  }
  if (isDeaf || types.includes('mute')) return
  send({ type: 'readings', id, readings: await Promise.all(ids.map(read)) })
}

function take(message) {
  if (isDeaf) return
  if (message.type === 'ping') send({ type: 'pong', id: message.id })
  if (message.type === 'shutdown') process.exit(0)
  if (message.type === 'read') void answer(message)
  if (message.type !== 'triggers') return
  triggers.clear()
  for (const trigger of message.triggers) {
    triggers.set(trigger.id, trigger)
    if (trigger.type === 'push') send({ type: 'active', trigger: trigger.id })
  }
}

let rest = ''
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop()
  for (const line of lines) take(JSON.parse(line))
})
process.stdin.on('end', () => {
  if (!isDeaf) process.exit(0)
})
process.on('SIGTERM', () => {
  if (!isDeaf) process.exit(0)
})
send({ type: 'hello', protocol: 1, pid: process.pid })
