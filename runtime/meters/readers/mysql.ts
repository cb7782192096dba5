import { type ConnectionOptions, createConnection } from 'mysql2'
import { WrongSetting } from '../failure.ts'
import { firstNumber } from '../query-number.ts'
import { connecting, type OpenReader } from '../reader.ts'
import type { Settings } from '../settings.ts'

/** The single number of a query (kedacore/keda: pkg/scalers/mysql_scaler.go). */
export const openMysql: OpenReader = async (settings, { limitMs, unwanted }) => {
  const query = settings.demand('query')
  const connection = createConnection({ ...optionsOf(settings), connectTimeout: limitMs, rowsAsArray: true })
  // What is asked next fails too and says so.
  connection.on('error', () => {})
  const client = connection.promise()
  await connecting(
    unwanted,
    () => client.connect(),
    () => connection.destroy(),
  )
  return {
    async read() {
      const [rows] = await client.query(query)
      const row: unknown = Array.isArray(rows) ? rows[0] : undefined
      return { value: firstNumber(Array.isArray(row) ? row : undefined) }
    },
    close: () => connection.destroy(),
  }
}

function optionsOf(settings: Settings): ConnectionOptions {
  const connection = settings.text('connectionString')
  if (connection !== undefined) return optionsOfDsn(connection)
  const password = settings.text('password')
  return {
    host: settings.demand('host'),
    port: settings.number('port', 3306),
    user: settings.demand('username'),
    database: settings.demand('dbName'),
    ...(password === undefined ? {} : { password }),
  }
}

/** The form of Go's driver: `user:password@tcp(host:port)/db?tls=skip-verify`; the password is taken as it stands. */
export function optionsOfDsn(dsn: string): ConnectionOptions {
  const [, credentials = '', protocol = 'tcp', address = '', database = '', query = ''] =
    /^(?:(.*)@)?(?:(\w+)(?:\(([^)]*)\))?)?\/([^/?]*)(?:\?(.*))?$/s.exec(dsn) ?? wrong('is not user:password@tcp(host:port)/db')
  const colon = credentials.indexOf(':')
  const user = colon < 0 ? credentials : credentials.slice(0, colon)
  const login = { user, database: decodeURIComponent(database), ...(colon < 0 ? {} : { password: credentials.slice(colon + 1) }) }
  if (protocol === 'unix') return { ...login, socketPath: address }
  if (protocol !== 'tcp') wrong(`has the protocol ${protocol}, which is neither tcp nor unix`)
  const [, host = '127.0.0.1', port = '3306'] =
    /^(?:\[([^\]]+)\]|[^:]*?)(?::(\d+))?$/.exec(address) ?? wrong('has no host:port between the brackets')
  const name = address.startsWith('[') ? host : address.replace(/:\d+$/, '') || host
  return { ...login, host: name, port: Number(port), ...tlsOfDsn(new URLSearchParams(query).get('tls')) }
}

function tlsOfDsn(mode: string | null): Pick<ConnectionOptions, 'ssl'> {
  if (mode === 'true') return { ssl: {} }
  return mode === 'skip-verify' ? { ssl: { rejectUnauthorized: false } } : {}
}

function wrong(what: string): never {
  throw new WrongSetting(`connectionString ${what}`)
}
