import { NoValue } from '../failure.ts'
import type { OpenReader, Reader, ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { connectRedis, type RedisForm } from './redis-connection.ts'

/** What counts the elements of a key, by its type; a key that is not there is an empty list (kedacore/keda: pkg/scalers/redis_scaler.go). */
const COUNTS: Readonly<Record<string, string>> = { list: 'LLEN', none: 'LLEN', zset: 'ZCARD', set: 'SCARD', hash: 'HLEN' }

async function open(settings: Settings, context: ReaderContext, form: RedisForm): Promise<Reader> {
  const key = settings.demand('listName')
  const redis = await connectRedis(settings, context, form)
  return {
    async read() {
      const type = String(await redis.ask(key, 'TYPE', key))
      const count = COUNTS[type]
      if (count === undefined) throw new NoValue(`${key} is a ${type}`, 'Let listName be a list, set, sorted set or hash.')
      return { value: Number(await redis.ask(key, count, key)) }
    },
    close: () => redis.close(),
  }
}

export const openRedisList: OpenReader = (settings, context) => open(settings, context, 'single')
export const openRedisClusterList: OpenReader = (settings, context) => open(settings, context, 'cluster')
export const openRedisSentinelList: OpenReader = (settings, context) => open(settings, context, 'sentinel')
