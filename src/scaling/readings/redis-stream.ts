import type { Reading } from './reading.ts'

export interface RedisStreamModeInput {
  readonly consumerGroup?: string
  readonly pendingEntriesCount?: number
  readonly streamLength?: number
  readonly lagCount?: number
}

/** `pending`: XPENDING of the group; `length`: XLEN; `lag`: XINFO GROUPS, which needs Redis 7. */
export interface RedisStreamModeResult {
  readonly mode: 'pending' | 'length' | 'lag'
  readonly target: number
}

const defaultTarget = 5

/**
 * What a redis-streams trigger counts: without a consumer group the stream's length, with one its pending entries, or its lag when
 * `lagCount` is given.
 *
 * Source: keda: pkg/scalers/redis_streams_scaler.go, Validate.
 */
export function redisStreamMode(input: RedisStreamModeInput): RedisStreamModeResult {
  const { consumerGroup, pendingEntriesCount = defaultTarget, streamLength = defaultTarget, lagCount } = input
  if (!consumerGroup) return { mode: 'length', target: streamLength }
  return lagCount ? { mode: 'lag', target: lagCount } : { mode: 'pending', target: pendingEntriesCount }
}

export interface RedisStreamInput {
  readonly mode: RedisStreamModeResult['mode']
  /** XPENDING's count. */
  readonly pendingEntries?: number
  /** XLEN. */
  readonly streamLength?: number
  /** XINFO GROUPS; absent when there is no such stream. A lag that Redis cannot tell is absent and counts as 0. */
  readonly groups?: readonly { readonly name: string; readonly lag?: number }[]
  readonly consumerGroup?: string
  /** `redis_version` of INFO, for `lag`. */
  readonly redisVersion?: string
  /** `activationLagCount`, default 0. */
  readonly activationLagCount?: number
}

/**
 * Reading of a redis-streams trigger. For `lag`, a stream that does not exist has none, and a stream without this group has all its
 * entries as lag, because consumers create the group once they run.
 *
 * Source: keda: pkg/scalers/redis_streams_scaler.go, createEntriesCountFn.
 */
export function redisStreamReading(input: RedisStreamInput): Reading {
  const count = countEntries(input)
  return typeof count === 'string' ? { error: count } : { value: count, active: count > (input.activationLagCount ?? 0) }
}

function countEntries({ mode, pendingEntries, streamLength, groups, consumerGroup, redisVersion }: RedisStreamInput): number | string {
  if (mode === 'pending') return pendingEntries ?? 'XPENDING gave no count'
  if (mode === 'length') return streamLength ?? 'XLEN gave no count'
  const major = Number.parseInt(redisVersion ?? '', 10)
  if (Number.isNaN(major)) return 'the version of Redis is unknown, and lagCount needs Redis 7'
  if (major < 7) return `lagCount needs Redis 7, but this is ${redisVersion}`
  if (groups === undefined) return 0
  const group = groups.find(({ name }) => name === consumerGroup)
  return group === undefined ? (streamLength ?? 'XLEN gave no count') : (group.lag ?? 0)
}
