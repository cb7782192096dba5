import type { ClientConfig } from 'pg'
import { WrongSetting } from '../failure.ts'

/**
 * What libpq's connection strings say, in both their forms: `postgresql://user:password@host:port/db?sslmode=disable` and `host=db port=5432 user=me`.
 * `sslmode` without a certificate to check verifies none, as in libpq: prefer (the default), allow, require.
 */
export function postgresOptions(connection: string): ClientConfig {
  const fields = /^postgres(ql)?:\/\//.test(connection) ? fieldsOfUrl(connection) : fieldsOfWords(connection)
  const of = (...names: readonly string[]): string | undefined =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined && value !== '')
  const port = of('port')
  const settings: Record<string, unknown> = {
    host: of('host', 'hostaddr')?.split(',')[0],
    port: port === undefined ? undefined : Number(port.split(',')[0]),
    user: of('user'),
    password: of('password'),
    database: of('dbname'),
    options: of('options'),
    ssl: sslOf(of('sslmode') ?? 'disable'),
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

function sslOf(mode: string): ClientConfig['ssl'] {
  switch (mode) {
    case 'disable':
    case 'allow':
    case 'prefer':
      return false
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { rejectUnauthorized: true }
    default:
      throw new WrongSetting(`sslmode is none of disable, allow, prefer, require, verify-ca and verify-full`)
  }
}

function fieldsOfUrl(text: string): Map<string, string> {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // The message of the constructor repeats the address, and with it the password.
    throw new WrongSetting('connection is no address of a database')
  }
  const fields = new Map<string, string>([
    ['host', decodeURIComponent(url.hostname.replace(/^\[|\]$/g, ''))],
    ['port', url.port],
    ['user', decodeURIComponent(url.username)],
    ['password', decodeURIComponent(url.password)],
    ['dbname', decodeURIComponent(url.pathname.slice(1))],
  ])
  for (const [name, value] of url.searchParams) fields.set(name, value)
  return fields
}

function fieldsOfWords(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  const rest = text.replaceAll(
    /\s*(\w+)\s*=\s*(?:'((?:\\.|[^'\\])*)'|((?:\\.|[^\s\\])*))\s*/g,
    (_, name: string, quoted?: string, bare?: string) => {
      fields.set(name, (quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1'))
      return ''
    },
  )
  if (rest !== '' || fields.size === 0)
    throw new WrongSetting('connection is neither an address nor a list such as host=db port=5432 user=me')
  return fields
}
