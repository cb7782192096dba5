import { createClient, createCluster } from '@redis/client'
import { NoValue, WrongSetting } from '../failure.ts'
import { connecting, type ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { tlsOf, wantsTls } from '../tls.ts'

/** One server, a cluster, or the master that sentinels know of. */
export interface RedisConnection {
  /** Sends a command to whoever has the key (undefined: to anybody); the answer is that of RESP 2. */
  ask(key: string | undefined, ...command: readonly string[]): Promise<unknown>
  close(): void
}

export type RedisForm = 'single' | 'cluster' | 'sentinel'

interface Address {
  readonly host: string
  readonly port: number
}

/** A connection that is not made again by itself: a failed one is rebuilt by whoever reads. */
export async function connectRedis(settings: Settings, context: ReaderContext, form: RedisForm): Promise<RedisConnection> {
  const addresses = addressesOf(settings)
  const options = optionsOf(settings, context)
  const { unwanted } = context
  if (form === 'cluster') return await connectCluster(addresses, options, unwanted)
  const database = settings.number('databaseIndex', 0)
  if (form === 'single') return await connectOne(addresses[0], { ...options, database }, unwanted)
  const master = await masterOf(addresses, settings, options, unwanted)
  return await connectOne(master, { ...options, database }, unwanted)
}

type Options = ReturnType<typeof optionsOf>

function optionsOf(settings: Settings, { limitMs }: ReaderContext) {
  const tls = wantsTls(settings) ? { tls: true as const, ...tlsOf(settings) } : {}
  // Servers before version 6 know no RESP 3.
  const common = { RESP: 2 as const, disableOfflineQueue: true, ...credentials(settings, 'username', 'password') }
  return { ...common, socket: { connectTimeout: limitMs, reconnectStrategy: false as const, ...tls } }
}

function credentials(settings: Settings, user: string, word: string): { readonly username?: string; readonly password?: string } {
  const username = settings.text(user)
  const password = settings.text(word)
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
}

async function connectOne(
  address: Address | undefined,
  options: Options & { readonly database?: number },
  unwanted: AbortSignal,
): Promise<RedisConnection> {
  const client = createClient({ ...options, socket: { ...options.socket, ...address } })
  // What is asked next fails too and says so.
  client.on('error', () => {})
  const close = (): void => {
    if (client.isOpen) client.destroy()
  }
  await connecting(unwanted, () => client.connect(), close)
  return { ask: (_key, ...command) => client.sendCommand([...command]), close }
}

async function connectCluster(addresses: readonly Address[], options: Options, unwanted: AbortSignal): Promise<RedisConnection> {
  const { socket, ...rest } = options
  const cluster = createCluster({
    RESP: 2,
    rootNodes: addresses.map((address) => ({ socket: { ...socket, ...address } })),
    defaults: { ...rest, socket },
  })
  cluster.on('error', () => {})
  await connecting(
    unwanted,
    () => cluster.connect(),
    () => cluster.destroy(),
  )
  return { ask: (key, ...command) => cluster.sendCommand(key, true, [...command]), close: () => cluster.destroy() }
}

/** Asks one sentinel after the other. */
async function masterOf(sentinels: readonly Address[], settings: Settings, options: Options, unwanted: AbortSignal): Promise<Address> {
  const name = settings.demand('sentinelMaster')
  const { username: _user, password: _password, ...rest } = options
  let failure: unknown
  for (const address of sentinels) {
    try {
      const sentinel = await connectOne(address, { ...rest, ...credentials(settings, 'sentinelUsername', 'sentinelPassword') }, unwanted)
      const master = await sentinel.ask(undefined, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name).finally(() => sentinel.close())
      if (Array.isArray(master)) return { host: String(master[0]), port: Number(master[1]) }
      failure = new NoValue(`the sentinels know no master ${name}`, 'Correct sentinelMaster of the trigger.')
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** `address` or `addresses`, or `host` and `port` in as many parts. */
function addressesOf(settings: Settings): readonly Address[] {
  const hosts = settings.list('host', 'hosts')
  const ports = settings.list('port', 'ports')
  const given = settings.list('address', 'addresses').map(addressOf)
  if (hosts.length > 0 && ports.length > 0) {
    if (hosts.length !== ports.length) throw new WrongSetting('there are not as many hosts as ports')
    return [...given, ...hosts.map((host, index) => ({ host, port: portOf(ports[index] ?? '') }))]
  }
  if (given.length === 0) throw new WrongSetting('neither address nor host and port are given')
  return given
}

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':')
  if (colon < 1) throw new WrongSetting('address is no host:port')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: portOf(text.slice(colon + 1)) }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new WrongSetting('a port is no number up to 65535')
  return port
}
