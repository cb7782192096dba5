// One component of the application of protocols, by ROLE: web (HTTP/1.1, WebSocket, server-sent events), calls (gRPC over h2c),
// raw (TCP) and caller, which reaches the others by every form of their names. Runs as a file and as the text of `node -e`.
const { ROLE, PORT } = process.env
const { createHash } = require('node:crypto')
const { hostname } = require('node:os')
const port = Number(PORT)
const message = (text) => Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)])

const roles = {
  web() {
    const server = require('node:http').createServer((request, response) => {
      if (request.url === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: first\n\n')
        // The second one comes when the client has heard the first: it says so with another request.
        waiting.push(response)
      } else if (request.url === '/more') {
        for (const each of waiting.splice(0)) each.end('data: second\n\n')
        response.end('told')
      } else if (request.url === '/trailers') {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('body')
        response.addTrailers({ 'x-sum': 'four' })
        response.end()
      } else if (request.url === '/hints') {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' })
        response.end('hinted')
      } else {
        const hash = createHash('sha256')
        let length = 0
        request.on('data', (chunk) => {
          hash.update(chunk)
          length += chunk.length
        })
        request.on('end', () => {
          response.setHeader('content-type', 'application/json')
          const { method, url, headers } = request
          response.end(
            JSON.stringify({ role: ROLE, replica: hostname(), pid: process.pid, method, url, headers, length, sha256: hash.digest('hex') }),
          )
        })
      }
    })
    const waiting = []
    server.on('upgrade', (request, socket) => {
      const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`)
      // Short text frames come back as they are, unmasked; a close frame ends it.
      socket.on('data', (bytes) => {
        const length = bytes[1] & 127
        const body = Buffer.from(bytes.subarray(6, 6 + length)).map((byte, at) => byte ^ bytes[2 + (at % 4)])
        socket.write(Buffer.concat([Buffer.from([bytes[0], length]), body]))
        if ((bytes[0] & 15) === 8) socket.end()
      })
      socket.on('error', () => {})
    })
    server.listen(port)
  },

  calls() {
    const server = require('node:http2').createServer()
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'x-replica': `${hostname()}/${process.pid}` },
        { waitForTrailers: true },
      )
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      // Messages of every kind of call come back as they were framed.
      stream.pipe(stream)
    })
    server.on('sessionError', () => {})
    server.listen(port)
  },

  raw() {
    require('node:net')
      .createServer((socket) => {
        socket.on('error', () => {})
        socket.pipe(socket)
      })
      .listen(port)
  },

  caller() {
    const reach = {
      http: (url) => fetch(url).then(async (answer) => (await answer.json()).role),
      grpc: (url) =>
        new Promise((resolve, reject) => {
          const session = require('node:http2').connect(url)
          session.on('error', reject)
          const call = session.request({ ':method': 'POST', ':path': '/test.Echo/Say', 'content-type': 'application/grpc', te: 'trailers' })
          const chunks = []
          let status = 'none'
          call.on('data', (chunk) => chunks.push(chunk))
          call.on('trailers', (trailers) => {
            status = trailers['grpc-status']
          })
          call.on('error', reject)
          call.on('end', () => {
            session.close()
            resolve(`${Buffer.concat(chunks).subarray(5)} ${status}`)
          })
          call.end(message('hello'))
        }),
      tcp: (url) =>
        new Promise((resolve, reject) => {
          const { hostname: host, port: at } = new URL(url)
          const socket = require('node:net').connect(Number(at), host, () => socket.write('hello'))
          socket.on('data', (data) => {
            resolve(String(data))
            socket.destroy()
          })
          socket.on('error', reject)
        }),
    }
    require('node:http')
      .createServer(async (_, response) => {
        const found = {}
        for (const [name, url] of Object.entries(process.env)) {
          const [, kind] = /^REACH_([A-Z]+)_/.exec(name) ?? []
          if (kind !== undefined)
            found[name] = await reach[kind.toLowerCase()](url).catch((error) => `failed: ${error.cause?.code ?? error.message}`)
        }
        response.end(JSON.stringify(found))
      })
      .listen(port)
  },
}

process.on('SIGTERM', () => process.exit(0))
roles[ROLE]()
