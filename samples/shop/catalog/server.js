// The internal API: products and orders, kept in one file of the shared volume.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'

const port = Number(process.env.PORT ?? 8080)
const file = join(process.env.DATA_DIR ?? '/data', 'shop.json')
const apiKey = process.env.API_KEY ?? ''

let writing = Promise.resolve()
const read = () => readFile(file, 'utf8').then(JSON.parse)
const change = (edit) => {
  writing = writing.then(async () => {
    const data = await read()
    const result = edit(data)
    await writeFile(`${file}.new`, JSON.stringify(data))
    await rename(`${file}.new`, file)
    return result
  })
  return writing
}

async function body(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

async function handle(request) {
  const { pathname } = new URL(request.url, 'http://catalog')
  if (pathname === '/healthz') return [200, { status: 'ok' }]
  if (request.headers['x-api-key'] !== apiKey) return [401, { error: 'wrong or missing x-api-key' }]
  if (pathname === '/products') return [200, (await read()).products]
  if (pathname === '/orders' && request.method === 'GET') return [200, (await read()).orders]
  if (pathname === '/orders' && request.method === 'POST') {
    const { product } = await body(request)
    const order = await change((data) => {
      if (!data.products.some((candidate) => candidate.id === product)) return undefined
      const added = { id: data.orders.length + 1, product, state: 'new' }
      data.orders.push(added)
      return added
    })
    return order === undefined ? [404, { error: `no product "${product}"` }] : [201, order]
  }
  const shipped = /^\/orders\/(\d+)\/shipped$/.exec(pathname)
  if (shipped !== null && request.method === 'POST') {
    const order = await change((data) => {
      const found = data.orders.find((candidate) => candidate.id === Number(shipped[1]))
      if (found !== undefined) found.state = 'shipped'
      return found
    })
    return order === undefined ? [404, { error: 'no such order' }] : [200, order]
  }
  return [404, { error: `nothing at ${pathname}` }]
}

const server = createServer((request, response) => {
  const answer = ([status, value]) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  handle(request).then(answer, (error) => answer([500, { error: error.message }]))
})
server.listen(port, () => console.log(`catalog listens on ${port}`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
