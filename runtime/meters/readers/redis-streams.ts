import { type RedisStreamInput, redisStreamMode, redisStreamReading } from '../../../src/scaling/readings/redis-stream.ts'
import { valueFrom } from '../failure.ts'
import type { OpenReader, Reader, ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { connectRedis, type RedisConnection, type RedisForm } from './redis-connection.ts'

/** Length, pending entries or lag of a stream, by what the metadata name (kedacore/keda: pkg/scalers/redis_streams_scaler.go). */
async function open(settings: Settings, context: ReaderContext, form: RedisForm): Promise<Reader> {
  const stream = settings.demand('stream')
  const consumerGroup = settings.text('consumerGroup') ?? ''
  const { mode } = redisStreamMode({ consumerGroup, lagCount: settings.number('lagCount', 0) })
  const redis = await connectRedis(settings, context, form)
  return {
    async read() {
      const counts = await countsOf(redis, { mode, stream, consumerGroup })
      return { value: valueFrom(redisStreamReading({ mode, consumerGroup, ...counts })) }
    },
    close: () => redis.close(),
  }
}

type Counts = Omit<RedisStreamInput, 'mode' | 'consumerGroup'>

async function countsOf(
  redis: RedisConnection,
  { mode, stream, consumerGroup }: { readonly mode: RedisStreamInput['mode']; readonly stream: string; readonly consumerGroup: string },
): Promise<Counts> {
  if (mode === 'pending') {
    const [count] = (await redis.ask(stream, 'XPENDING', stream, consumerGroup)) as readonly unknown[]
    return { pendingEntries: Number(count) }
  }
  const streamLength = Number(await redis.ask(stream, 'XLEN', stream))
  if (mode === 'length') return { streamLength }
  const redisVersion = /redis_version:(\S+)/.exec(String(await redis.ask(undefined, 'INFO', 'server')))?.[1] ?? ''
  const groups = await groupsOf(redis, stream)
  return { streamLength, redisVersion, ...(groups === undefined ? {} : { groups }) }
}

/** Undefined where there is no such stream. The server tells no lag where entries were deleted. */
async function groupsOf(redis: RedisConnection, stream: string): Promise<RedisStreamInput['groups'] | undefined> {
  try {
    const groups = (await redis.ask(stream, 'XINFO', 'GROUPS', stream)) as readonly (readonly unknown[])[]
    return groups.map((fields) => {
      const lag = fieldOf(fields, 'lag')
      return { name: String(fieldOf(fields, 'name')), ...(typeof lag === 'number' ? { lag } : {}) }
    })
  } catch (error) {
    if (error instanceof Error && /no such key/.test(error.message)) return undefined
    throw error
  }
}

function fieldOf(fields: readonly unknown[], name: string): unknown {
  return fields[fields.findIndex((field, at) => at % 2 === 0 && field === name) + 1]
}

export const openRedisStream: OpenReader = (settings, context) => open(settings, context, 'single')
export const openRedisClusterStream: OpenReader = (settings, context) => open(settings, context, 'cluster')
export const openRedisSentinelStream: OpenReader = (settings, context) => open(settings, context, 'sentinel')
