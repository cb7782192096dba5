import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../docker/debian-packages.ts'
import { freePort } from '../stage.ts'
import type { OwnCertificate } from './own-authority.ts'
import { type RunningServer, startServer } from './server-program.ts'

const LOOPBACK = '127.0.0.1'

function folderFor(name: string): string {
  return mkdtempSync(join(tmpdir(), `minipaas-${name}-`))
}

/** With a password for everybody, when one is given. */
export async function startRedis(password?: string): Promise<RunningServer> {
  const [folder, port] = [folderFor('redis'), await freePort()]
  const args = ['--port', String(port), '--bind', LOOPBACK, '--dir', folder, '--save', '', '--appendonly', 'no']
  return await startServer({
    program: 'redis-server',
    args: [...args, ...(password === undefined ? [] : ['--requirepass', password])],
    folder,
    port,
  })
}

/** Over TLS only, to clients that have the certificate. */
export async function startSecureRedis({ folder, certificateFile, keyFile }: OwnCertificate): Promise<RunningServer> {
  const port = await freePort()
  const files = ['--tls-cert-file', certificateFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certificateFile]
  const args = ['--port', '0', '--tls-port', String(port), '--bind', LOOPBACK, '--dir', folder, '--save', '', ...files]
  return await startServer({ program: 'redis-server', args, folder, port })
}

/** Of the one node there is. */
export async function startRedisCluster(): Promise<RunningServer> {
  const [folder, port, bus] = [folderFor('redis'), await freePort(), await freePort()]
  const args = [
    '--port',
    String(port),
    '--cluster-port',
    String(bus),
    '--bind',
    LOOPBACK,
    '--dir',
    folder,
    '--save',
    '',
    '--cluster-enabled',
    'yes',
  ]
  return await startServer({ program: 'redis-server', args, folder, port })
}

export async function startSentinel(master: { readonly name: string; readonly port: number }): Promise<RunningServer> {
  const [folder, port] = [folderFor('sentinel'), await freePort()]
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `port ${port}\nbind ${LOOPBACK}\ndir ${folder}\nsentinel monitor ${master.name} ${LOOPBACK} ${master.port} 1\n`)
  return await startServer({ program: 'redis-server', args: [file, '--sentinel'], folder, port })
}

export interface RabbitmqServer extends RunningServer {
  readonly managementPort: number
}

/** With its management interface; `guest` has the password `guest`. */
export async function startRabbitmq(): Promise<RabbitmqServer> {
  const folder = folderFor('rabbitmq')
  const [port, managementPort, distribution, mapper] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const versions = '/usr/lib/rabbitmq/lib'
  const version = readdirSync(versions).find((name) => name.startsWith('rabbitmq_server'))
  writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n')
  const settings = {
    'listeners.tcp.1': `${LOOPBACK}:${port}`,
    'management.tcp.ip': LOOPBACK,
    'management.tcp.port': managementPort,
    // Rates after seconds instead of half a minute.
    collect_statistics_interval: 500,
    'management.sample_retention_policies.global.minute': 1,
    'management.sample_retention_policies.basic.minute': 1,
    'management.sample_retention_policies.detailed.10': 1,
  }
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  )
  const server = await startServer({
    // Not the one in PATH, which changes to a user of its own.
    program: join(versions, version ?? '', 'sbin', 'rabbitmq-server'),
    args: [],
    env: {
      HOME: folder,
      RABBITMQ_NODENAME: `meters${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distribution),
      ERL_EPMD_PORT: String(mapper),
      ERL_EPMD_ADDRESS: LOOPBACK,
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
    },
    folder,
    port,
    ready: async () => (await fetch(`http://${LOOPBACK}:${managementPort}/api/overview`, { headers: guest })).ok || undefined,
  })
  return {
    port,
    managementPort,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      // The port mapper that Erlang starts is a daemon of its own.
      spawnSync('epmd', ['-port', String(mapper), '-kill'])
    },
  }
}

export const guest = { Authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }

/** User `meters` with the password `s3cret`, database `postgres`. */
export async function startPostgres(): Promise<RunningServer> {
  const [folder, port] = [folderFor('postgres'), await freePort()]
  const versions = '/usr/lib/postgresql'
  const bin = join(versions, readdirSync(versions)[0] ?? '', 'bin')
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? userOf('postgres') : undefined
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const secret = join(folder, 'secret')
  writeFileSync(secret, 's3cret', { mode: 0o644 })
  const data = join(folder, 'data')
  expectSuccess(
    spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'meters', '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync', '--no-locale'], {
      encoding: 'utf8',
      cwd: folder,
      ...user,
    }),
  )
  const args = ['-D', data, '-p', String(port), '-k', folder, '-c', `listen_addresses=${LOOPBACK}`, '-c', 'fsync=off']
  // It accepts connections before it answers questions.
  const ready = async () => spawnSync(join(bin, 'pg_isready'), ['-h', LOOPBACK, '-p', String(port)]).status === 0 || undefined
  return await startServer({ program: join(bin, 'postgres'), args, folder, port, ready, ...(user === undefined ? {} : { user }) })
}

/** User `meters` with the password `s3:cr@t`, database `shop`. */
export async function startMariadb(): Promise<RunningServer> {
  const [folder, port] = [folderFor('mariadb'), await freePort()]
  const data = join(folder, 'data')
  mkdirSync(data)
  const root = process.getuid?.() === 0 ? ['--user=root'] : []
  const options = ['--no-defaults', `--datadir=${data}`, ...root]
  expectSuccess(
    spawnSync(findProgram('mariadb-install-db') ?? '', [...options, '--auth-root-authentication-method=normal', '--skip-test-db'], {
      encoding: 'utf8',
    }),
  )
  const init = join(folder, 'init.sql')
  writeFileSync(
    init,
    "CREATE DATABASE shop;\nCREATE USER meters@'127.0.0.1' IDENTIFIED BY 's3:cr@t';\nGRANT ALL ON shop.* TO meters@'127.0.0.1';\n",
  )
  const args = [
    ...options,
    `--port=${port}`,
    `--bind-address=${LOOPBACK}`,
    `--socket=${join(folder, 'socket')}`,
    `--init-file=${init}`,
    '--skip-name-resolve',
  ]
  return await startServer({ program: 'mariadbd', args: [...args, `--pid-file=${join(folder, 'pid')}`], folder, port })
}

export interface NatsServer extends RunningServer {
  readonly monitoringPort: number
}

export async function startNats(): Promise<NatsServer> {
  const [folder, port, monitoringPort] = [folderFor('nats'), await freePort(), await freePort()]
  const args = ['-js', '-sd', folder, '-a', LOOPBACK, '-p', String(port), '-m', String(monitoringPort)]
  const server = await startServer({ program: 'nats-server', args, folder, port })
  return { ...server, monitoringPort }
}

export async function startPrometheus(): Promise<RunningServer> {
  const [folder, port] = [folderFor('prometheus'), await freePort()]
  const config = join(folder, 'prometheus.yml')
  writeFileSync(config, 'global: {}\n')
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}`, `--web.listen-address=${LOOPBACK}:${port}`]
  return await startServer({
    program: 'prometheus',
    args,
    folder,
    port,
    ready: async () => (await fetch(`http://${LOOPBACK}:${port}/-/ready`)).ok || undefined,
  })
}

/** The queues of Azurite. */
export async function startAzurite(): Promise<RunningServer> {
  const [folder, port] = [folderFor('azurite'), await freePort()]
  const main = fileURLToPath(new URL('../../../node_modules/azurite/dist/src/queue/main.js', import.meta.url))
  const args = [main, '--queueHost', LOOPBACK, '--queuePort', String(port), '--location', folder, '--silent', '--disableTelemetry']
  return await startServer({ program: process.execPath, args, folder, port })
}

function userOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(expectSuccess(spawnSync('id', [flag, name], { encoding: 'utf8' })).trim())
  return { uid: id('-u'), gid: id('-g') }
}

function expectSuccess({ status, stdout, stderr, error }: ReturnType<typeof spawnSync>): string {
  if (status !== 0) throw new Error(`${error?.message ?? ''}${String(stdout)}${String(stderr)}`)
  return String(stdout)
}
