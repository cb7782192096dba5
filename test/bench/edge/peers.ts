import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listening, MEASURED_CORE, OTHER_CORE, PinnedProgram } from './pinned.ts'
import { PORTS, programAt } from './places.ts'

const SMALL = 100
const LARGE = 64 * 1024

/** The server that all proxies of a comparison stand before: nginx with 100 bytes at `/`, 64 KB at `/large`. */
export async function startBackend(folder: string): Promise<PinnedProgram> {
  const at = join(folder, 'backend')
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'large'), Buffer.alloc(LARGE, 'x'))
  const server = `server {
    listen 127.0.0.1:${PORTS.backend} backlog=4096;
    keepalive_requests 1000000000;
    location / { return 200 "${'x'.repeat(SMALL)}"; }
    location /large { root ${at}; sendfile on; tcp_nopush off; tcp_nodelay on; }
  }`
  return start(OTHER_CORE, nginxCommand(at, server), PORTS.backend)
}

/** nginx with one worker, in front of HTTP/1 and WebSocket servers and of a gRPC server. */
export async function startNginx(folder: string): Promise<PinnedProgram> {
  const server = `upstream small { server 127.0.0.1:${PORTS.backend}; keepalive 256; keepalive_requests 1000000000; }
  upstream calls { server 127.0.0.1:${PORTS.grpc}; keepalive 64; keepalive_requests 1000000000; }
  map $http_upgrade $wanted { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${PORTS.nginx} backlog=4096;
    keepalive_requests 1000000000;
    proxy_http_version 1.1;
    location / { proxy_pass http://small; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; }
    location /echo {
      proxy_pass http://127.0.0.1:${PORTS.echo};
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $wanted;
    }
  }
  server {
    listen 127.0.0.1:${PORTS.nginxGrpc} http2;
    keepalive_requests 1000000000;
    location / { grpc_pass grpc://calls; }
  }`
  return start(MEASURED_CORE, nginxCommand(join(folder, 'nginx'), server), PORTS.nginx)
}

/** haproxy with one thread. */
export async function startHaproxy(folder: string): Promise<PinnedProgram> {
  const path = join(folder, 'haproxy.cfg')
  writeFileSync(
    path,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${PORTS.haproxy} backlog 4096
  option forwardfor
  default_backend out
backend out
  http-reuse always
  server one 127.0.0.1:${PORTS.backend}
`,
  )
  return start(MEASURED_CORE, ['haproxy', '-db', '-f', path], PORTS.haproxy)
}

/** caddy with one processor. */
export async function startCaddy(folder: string): Promise<PinnedProgram> {
  const path = join(folder, 'Caddyfile')
  const options = '{\n\tadmin off\n\tauto_https off\n\tlog {\n\t\tlevel ERROR\n\t}\n}'
  writeFileSync(path, `${options}\nhttp://127.0.0.1:${PORTS.caddy} {\n\treverse_proxy 127.0.0.1:${PORTS.backend}\n}\n`)
  const env = { GOMAXPROCS: '1', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  return start(MEASURED_CORE, ['caddy', 'run', '--config', path, '--adapter', 'caddyfile'], PORTS.caddy, env)
}

/** http-proxy with an agent that keeps connections. */
export async function startHttpProxy(): Promise<PinnedProgram> {
  const command = [process.execPath, programAt('http-proxy.mjs'), String(PORTS.httpProxy), String(PORTS.backend)]
  return start(MEASURED_CORE, command, PORTS.httpProxy)
}

async function start(core: number, command: readonly string[], port: number, env: NodeJS.ProcessEnv = {}): Promise<PinnedProgram> {
  const program = new PinnedProgram(core, command, { env })
  await listening(port)
  return program
}

/** One process that is master and worker, so that it ends as one. */
function nginxCommand(folder: string, http: string): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')
  const path = join(folder, 'nginx.conf')
  writeFileSync(
    path,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log crit;
events { worker_connections 16384; }
http { access_log off; ${temporary}
  ${http}
}
`,
  )
  return ['nginx', '-p', folder, '-c', path]
}
