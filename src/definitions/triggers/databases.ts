import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, needsOneOf } from './checks.ts'
import { authenticationOnly, choice, decimalText, words } from './metadata-key.ts'

const simulated = { level: 'simulated' } as const
const meter = { by: 'meter', push: false } as const

/** One number from a query. Source: KEDA, postgresql_scaler.go. */
const postgresql = defineTrigger({
  kind: 'trigger',
  type: 'postgresql',
  simulation: simulated,
  metadata: {
    query: words({ required: true }),
    targetQueryValue: decimalText(),
    activationTargetQueryValue: decimalText({ preset: '0' }),
    connection: words({ places: 'AE' }),
    host: words({ places: 'AM' }),
    port: words({ places: 'AM' }),
    userName: words({ places: 'AM' }),
    dbName: words({ places: 'AM' }),
    sslmode: words({ places: 'AM', examples: ['disable', 'require'] }),
    password: words({ places: 'AE' }),
  },
  relate: (given) => needsOneOf(given, ['connection'], ['host', 'port', 'userName', 'dbName', 'sslmode']),
  measure: (given) => ({
    ...amount(given, 'targetQueryValue'),
    activation: given.number('activationTargetQueryValue') ?? 0,
    from: meter,
    metric: 'postgresql',
  }),
})

/** One number from a query. Source: KEDA, mysql_scaler.go. */
const mysql = defineTrigger({
  kind: 'trigger',
  type: 'mysql',
  simulation: simulated,
  metadata: {
    query: words({ required: true }),
    queryValue: decimalText({ required: true }),
    activationQueryValue: decimalText({ preset: '0' }),
    connectionString: words({ places: 'AE' }),
    host: words({ places: 'MA' }),
    port: words({ places: 'MA' }),
    username: words({ places: 'MAE' }),
    password: words({ places: 'AE' }),
    dbName: words({ places: 'MA' }),
    metricName: words(),
  },
  relate: (given) => needsOneOf(given, ['connectionString'], ['host', 'port', 'username', 'password', 'dbName']),
  measure: (given) => {
    const name = given.text('dbName')
    return {
      ...amount(given, 'queryValue'),
      activation: given.number('activationQueryValue') ?? 0,
      from: meter,
      ...(name === undefined ? {} : { metric: `mysql-${name}` }),
    }
  },
})

/** Number of documents that a query finds. Source: KEDA, mongo_scaler.go. */
const mongodb = defineTrigger({
  kind: 'trigger',
  type: 'mongodb',
  simulation: simulated,
  metadata: {
    dbName: words({ required: true, places: 'AM' }),
    collection: words({ required: true }),
    query: words({ required: true }),
    queryValue: decimalText({ required: true }),
    activationQueryValue: decimalText({ preset: '0' }),
    connectionString: words({ places: 'AME' }),
    scheme: words({ places: 'AM', preset: 'mongodb' }),
    host: words({ places: 'AM' }),
    port: words({ places: 'AM' }),
    username: words({ places: 'AM' }),
    password: words({ places: 'AME' }),
    tls: choice(['enable', 'disable'], { places: 'A', preset: 'disable' }),
    ...authenticationOnly('ca', 'cert', 'key', 'keyPassword'),
  },
  relate: (given) => {
    const seedList = given.text('scheme') === 'mongodb+srv'
    return needsOneOf(given, ['connectionString'], ['host', ...(seedList ? [] : ['port']), 'username', 'password'])
  },
  measure: (given) => ({
    ...amount(given, 'queryValue'),
    activation: given.number('activationQueryValue') ?? 0,
    from: meter,
    metric: `mongodb-${given.text('collection') ?? ''}`,
  }),
})

export const databaseTriggers: readonly TriggerEntry[] = [postgresql, mysql, mongodb]
