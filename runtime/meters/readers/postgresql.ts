import pg from 'pg'
import { WrongSetting } from '../failure.ts'
import { firstNumber } from '../query-number.ts'
import { connecting, type OpenReader } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { postgresOptions } from './postgresql-address.ts'

/** The single number of a query (kedacore/keda: pkg/scalers/postgresql_scaler.go). */
export const openPostgresql: OpenReader = async (settings, { limitMs, unwanted }) => {
  const query = settings.demand('query')
  const client = new pg.Client({ ...optionsOf(settings), connectionTimeoutMillis: limitMs, application_name: 'keda' })
  // What is asked next fails too and says so.
  client.on('error', () => {})
  const close = (): void => void client.end().catch(() => {})
  await connecting(unwanted, () => client.connect(), close)
  return {
    async read() {
      const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' })
      return { value: firstNumber(rows[0]) }
    },
    close,
  }
}

function optionsOf(settings: Settings) {
  const connection = settings.text('connection')
  if (connection !== undefined) return postgresOptions(connection)
  const [host, port, user, database, sslmode] = ['host', 'port', 'userName', 'dbName', 'sslmode'].map((name) => settings.demand(name))
  if (!/^\d+$/.test(port ?? '')) throw new WrongSetting('port is no number')
  const fields = Object.entries({ host, port, user, dbname: database, sslmode, password: settings.text('password') ?? '' })
  return postgresOptions(fields.map(([name, value]) => `${name}='${(value ?? '').replaceAll(/[\\']/g, '\\$&')}'`).join(' '))
}
