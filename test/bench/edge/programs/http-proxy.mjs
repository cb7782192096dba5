// http-proxy in front of one server: `http-proxy.mjs <port> <port of the server>`.
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'

const [port, target] = process.argv.slice(2).map(Number)
const proxy = httpProxy.createProxyServer({
  target: { host: '127.0.0.1', port: target },
  agent: new Agent({ keepAlive: true }),
  xfwd: true,
})
proxy.on('error', (_error, _request, response) => response.destroy?.())
createServer((request, response) => proxy.web(request, response)).listen(port, '127.0.0.1', 4096)
