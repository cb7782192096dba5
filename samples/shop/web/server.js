// The shop window: one page, rendered from what the catalog says.
import { createServer } from 'node:http'
import { hostname } from 'node:os'

const port = Number(process.env.PORT ?? 8000)
const catalog = process.env.CATALOG_URL ?? 'http://catalog:8080'
const headers = { 'x-api-key': process.env.API_KEY ?? '', 'content-type': 'application/json' }
const replica = process.env.MINIPAAS_REPLICA ?? hostname()

const ask = async (path, options = {}) => {
  const response = await fetch(`${catalog}${path}`, { headers, ...options })
  if (!response.ok) throw new Error(`catalog answered ${response.status} for ${path}`)
  return response.json()
}

const escapeHtml = (text) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

const page = (products, orders) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The shop</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1d2733; }
  ul { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; }
  li { border: 1px solid #d5dce4; border-radius: 10px; padding: 1rem; }
  button { font: inherit; border: 0; border-radius: 6px; padding: .4rem .9rem; background: #14507a; color: #fff; cursor: pointer; }
  table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1.2rem .2rem 0; }
  footer { margin-top: 3rem; color: #68788a; font-size: .85rem; }
</style>
<h1>The shop</h1>
<ul>${products
  .map(
    (item) => `<li><strong>${escapeHtml(item.name)}</strong><br>${escapeHtml(item.price)} €
  <form method="post" action="/orders"><button name="product" value="${escapeHtml(item.id)}">Order</button></form></li>`,
  )
  .join('')}</ul>
<h2>Orders</h2>
${orders.length === 0 ? '<p>None yet.</p>' : `<table><tr><th>No.</th><th>Product</th><th>State</th></tr>${orders.map((order) => `<tr><td>${order.id}</td><td>${escapeHtml(order.product)}</td><td>${escapeHtml(order.state)}</td></tr>`).join('')}</table>`}
<footer>answered by ${escapeHtml(replica)}</footer>
</html>`

async function handle(request, response) {
  const { pathname } = new URL(request.url, 'http://web')
  if (pathname === '/healthz') return response.end('ok')
  if (pathname === '/orders' && request.method === 'POST') {
    let form = ''
    for await (const chunk of request) form += chunk
    await ask('/orders', { method: 'POST', body: JSON.stringify({ product: new URLSearchParams(form).get('product') }) })
    response.writeHead(303, { location: '/' })
    return response.end()
  }
  if (pathname !== '/') {
    response.writeHead(404, { 'content-type': 'text/plain' })
    return response.end('nothing here')
  }
  const [products, orders] = await Promise.all([ask('/products'), ask('/orders')])
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(page(products, orders))
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    response.writeHead(502, { 'content-type': 'text/plain' })
    response.end(`the shop is not complete: ${error.message}\n`)
  })
})
server.listen(port, () => console.log(`web listens on ${port}`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
