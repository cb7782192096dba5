import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, type Complaint, needsOneOf } from './checks.ts'
import type { Given } from './given.ts'
import { authenticationOnly, choice, type MetadataKey, truth, wholeText, words } from './metadata-key.ts'

const connection: Readonly<Record<string, MetadataKey>> = {
  address: words({ places: 'MAE', examples: ['redis:6379', 'cache:6379'] }),
  addresses: words({ places: 'MAE' }),
  host: words({ places: 'MEA' }),
  hosts: words({ places: 'MEA' }),
  port: words({ places: 'MEA' }),
  ports: words({ places: 'MEA' }),
  username: words({ places: 'MEA' }),
  password: words({ places: 'MEA' }),
  databaseIndex: wholeText(),
  enableTLS: truth(),
  unsafeSsl: truth(),
  tls: choice(['enable', 'disable'], { places: 'A' }),
  ...authenticationOnly('ca', 'cert', 'key', 'keyPassword'),
}

const sentinel: Readonly<Record<string, MetadataKey>> = {
  sentinelMaster: words({ places: 'MAE' }),
  sentinelUsername: words({ places: 'MAE' }),
  sentinelPassword: words({ places: 'MAE' }),
}

const flavours = [
  { prefix: 'redis', keys: connection },
  { prefix: 'redis-cluster', keys: connection },
  { prefix: 'redis-sentinel', keys: { ...connection, ...sentinel } },
] as const

/** Length of a list, set, sorted set or hash. Source: KEDA, redis_scaler.go. */
const lists = flavours.map(({ prefix, keys }) =>
  defineTrigger({
    kind: 'trigger',
    type: prefix,
    simulation: { level: 'simulated' },
    metadata: {
      ...keys,
      listName: words({ required: true }),
      listLength: wholeText({ preset: '5' }),
      activationListLength: wholeText({ preset: '0' }),
    },
    relate: checkAddress,
    measure: (given) => ({
      ...amount(given, 'listLength'),
      activation: given.number('activationListLength') ?? 0,
      from: { by: 'meter', push: false },
      metric: `redis-${given.text('listName') ?? ''}`,
    }),
  }),
)

/**
 * Entries of a stream. Source: KEDA, redis_streams_scaler.go: with a consumer group its lag where `lagCount` is given, otherwise its pending
 * entries; the length of the stream without a group.
 */
const streams = flavours.map(({ prefix, keys }) =>
  defineTrigger({
    kind: 'trigger',
    type: `${prefix}-streams`,
    simulation: { level: 'simulated' },
    metadata: {
      ...keys,
      stream: words({ required: true }),
      consumerGroup: words(),
      pendingEntriesCount: wholeText({ preset: '5' }),
      streamLength: wholeText({ preset: '5' }),
      lagCount: wholeText(),
      activationLagCount: wholeText({ preset: '0' }),
    },
    relate: checkAddress,
    measure: (given) => ({
      ...amount(given, streamTarget(given)),
      activation: given.number('activationLagCount') ?? 0,
      from: { by: 'meter', push: false },
      metric: `redis-streams-${given.text('stream') ?? ''}`,
    }),
  }),
)

export const redisTriggers: readonly TriggerEntry[] = [...lists, ...streams]

function streamTarget(given: Given): 'streamLength' | 'lagCount' | 'pendingEntriesCount' {
  if (!given.has('consumerGroup')) return 'streamLength'
  return (given.number('lagCount') ?? 0) === 0 ? 'pendingEntriesCount' : 'lagCount'
}

function checkAddress(given: Given): readonly Complaint[] {
  return needsOneOf(given, ['address'], ['addresses'], ['host', 'port'], ['hosts', 'ports'], ['host', 'ports'], ['hosts', 'port'])
}
