import type { ReaderModule } from './reader.ts'

/** Loads the reader of a scaler, and with it the client library, when the first trigger needs it. */
export type LoadReader = () => Promise<ReaderModule>

const lists: LoadReader = async () => ({ open: (await import('./readers/redis-lists.ts')).openRedisList })
const streams: LoadReader = async () => ({ open: (await import('./readers/redis-streams.ts')).openRedisStream })
const kafka: LoadReader = async () => ({ open: (await import('./readers/kafka.ts')).openKafka })

/** By KEDA's name of the scaler (kedacore/keda: pkg/scaling/scalers_builder.go). */
export const READERS: Readonly<Record<string, LoadReader>> = {
  redis: lists,
  'redis-cluster': async () => ({ open: (await import('./readers/redis-lists.ts')).openRedisClusterList }),
  'redis-sentinel': async () => ({ open: (await import('./readers/redis-lists.ts')).openRedisSentinelList }),
  'redis-streams': streams,
  'redis-cluster-streams': async () => ({ open: (await import('./readers/redis-streams.ts')).openRedisClusterStream }),
  'redis-sentinel-streams': async () => ({ open: (await import('./readers/redis-streams.ts')).openRedisSentinelStream }),
  rabbitmq: async () => ({ open: (await import('./readers/rabbitmq.ts')).openRabbitmq }),
  kafka,
  'apache-kafka': kafka,
  prometheus: async () => ({ open: (await import('./readers/prometheus.ts')).openPrometheus }),
  'metrics-api': async () => ({ open: (await import('./readers/metrics-api.ts')).openMetricsApi }),
  external: async () => ({ open: (await import('./readers/external.ts')).openExternal }),
  'external-push': async () => {
    const { openExternal, watchExternal } = await import('./readers/external.ts')
    return { open: openExternal, watch: watchExternal }
  },
  postgresql: async () => ({ open: (await import('./readers/postgresql.ts')).openPostgresql }),
  mysql: async () => ({ open: (await import('./readers/mysql.ts')).openMysql }),
  mongodb: async () => ({ open: (await import('./readers/mongodb.ts')).openMongodb }),
  'nats-jetstream': async () => ({ open: (await import('./readers/nats-jetstream.ts')).openJetstream }),
  'azure-queue': async () => ({ open: (await import('./readers/azure-queue.ts')).openAzureQueue }),
  'azure-servicebus': async () => ({ open: (await import('./readers/azure-servicebus.ts')).openServiceBus }),
  'aws-sqs-queue': async () => ({ open: (await import('./readers/aws-sqs-queue.ts')).openSqs }),
}
