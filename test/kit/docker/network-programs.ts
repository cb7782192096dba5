/** Programs for components of tests about the network; each is the text for `node -e`. */

/** Says who it is over TCP, then repeats what it is sent. Variables: NAME, PORT. */
export const ECHO = `
  const { NAME, PORT } = process.env
  require('node:net').createServer((socket) => {
    socket.on('error', () => {})
    socket.write(NAME + '\\n')
    socket.pipe(socket)
  }).listen(Number(PORT), () => console.log(NAME + ' listens'))
  process.on('SIGTERM', () => process.exit(0))
`

/** Answers HTTP with its name and the Host it was called by. Variables: NAME, PORT. */
export const WHO = `
  const { NAME, PORT } = process.env
  const server = require('node:http').createServer((request, response) => {
    response.end(JSON.stringify({ name: NAME, host: request.headers.host, replica: require('node:os').hostname() }))
  })
  server.listen(Number(PORT))
  process.on('SIGTERM', () => process.exit(0))
`

/** Passes a request on with the Host of its caller, as \`proxy_set_header Host $host\` does. Variables: TO (host:port), PORT. */
export const PROXY = `
  const http = require('node:http')
  const [host, port] = process.env.TO.split(':')
  http.createServer((request, response) => {
    const onwards = http.request({ host, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, { ...answer.headers, 'x-proxy': 'yes' })
      answer.pipe(response)
    })
    onwards.on('error', (error) => response.writeHead(502).end(error.message))
    request.pipe(onwards)
  }).listen(Number(process.env.PORT))
  process.on('SIGTERM', () => process.exit(0))
`

/** Keeps one connection to an echo server and says how it does: /state. Variables: TO (host:port), PORT. */
export const KEEPER = `
  const [host, port] = process.env.TO.split(':')
  const state = { opened: 0, ended: 0, echoed: 0 }
  const open = () => {
    const socket = require('node:net').connect(Number(port), host)
    socket.on('connect', () => state.opened++)
    socket.on('data', (data) => { state.echoed += data.length })
    socket.on('error', (error) => { state.error = error.message })
    socket.on('close', () => { state.ended++; setTimeout(open, 200) })
    setInterval(() => { if (socket.writable) socket.write('x') }, 50)
  }
  open()
  require('node:http').createServer((_, response) => response.end(JSON.stringify(state))).listen(Number(process.env.PORT))
  process.on('SIGTERM', () => process.exit(0))
`

/** For \`exec\`: the addresses of a name as a JSON array, sorted, or the error's code. */
export function lookUp(name: string): readonly string[] {
  const program = `require('node:dns').lookup(process.argv[1], { all: true }, (error, found) =>
    console.log(JSON.stringify(error ? error.code : found.map(({ address }) => address).sort())))`
  return ['node', '-e', program, name]
}

/** For \`exec\`: what a TCP server says first, or the error's code. */
export function firstLine(host: string, port: number): readonly string[] {
  const program = `const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1])
    socket.once('data', (data) => { console.log(String(data).trim()); socket.destroy() })
    socket.once('error', (error) => console.log(error.code))`
  return ['node', '-e', program, host, String(port)]
}

/** For \`exec\`: body of an HTTP answer under any Host. */
export function fetchAs(host: string, url: string): readonly string[] {
  const program = `require('node:http').get(process.argv[2], { headers: { host: process.argv[1] } }, (answer) => answer.pipe(process.stdout))
    .on('error', (error) => console.log(error.code))`
  return ['node', '-e', program, host, url]
}
