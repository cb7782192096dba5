import { BSON, type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { WrongSetting } from '../failure.ts'
import { connecting, type OpenReader } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { tlsOf } from '../tls.ts'

/** The number of documents that a query finds (kedacore/keda: pkg/scalers/mongo_scaler.go). */
export const openMongodb: OpenReader = async (settings, { limitMs, unwanted }) => {
  const filter = filterOf(settings)
  const database = settings.demand('dbName')
  const collection = settings.demand('collection')
  // It knows why it found no server only when it gives up, which has to be before the reading does.
  const limits = { serverSelectionTimeoutMS: Math.ceil(0.8 * limitMs), connectTimeoutMS: limitMs, socketTimeoutMS: limitMs, maxPoolSize: 1 }
  const client = clientOf(settings, { ...limits, ...tlsOptions(settings) })
  const close = (): void => void client.close().catch(() => {})
  await connecting(unwanted, () => client.connect(), close)
  return {
    read: async () => ({ value: await client.db(database).collection(collection).countDocuments(filter, { maxTimeMS: limitMs }) }),
    close,
  }
}

/** Extended JSON, in either form; an empty document is refused, as KEDA does. */
function filterOf(settings: Settings): Document {
  let filter: unknown
  try {
    filter = BSON.EJSON.parse(settings.demand('query'))
  } catch {
    throw new WrongSetting('query is no JSON')
  }
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) throw new WrongSetting('query is no JSON object')
  if (Object.keys(filter).length === 0) throw new WrongSetting('query is empty')
  return filter
}

function clientOf(settings: Settings, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(addressOf(settings), options)
  } catch (error) {
    throw new WrongSetting(`the connection is not understood: ${error instanceof Error ? error.message : ''}`)
  }
}

function addressOf(settings: Settings): string {
  const connection = settings.text('connectionString')
  if (connection !== undefined) return connection
  const scheme = settings.text('scheme') ?? 'mongodb'
  const host = settings.demand('host')
  const login = `${encodeURIComponent(settings.demand('username'))}:${encodeURIComponent(settings.demand('password'))}`
  const port = scheme === 'mongodb+srv' ? '' : `:${settings.demand('port')}`
  return `${scheme}://${login}@${host}${port}/${encodeURIComponent(settings.demand('dbName'))}`
}

function tlsOptions(settings: Settings): MongoClientOptions {
  if (settings.choice('tls', ['enable', 'disable'], 'disable') === 'disable') return {}
  const tls = tlsOf(settings)
  if (tls.ca === undefined && tls.cert === undefined) throw new WrongSetting('tls: enable needs ca, or cert and key')
  return { tls: true, ...tls }
}
