import { connect } from 'node:net'
import { connect as connectAmqp } from 'amqplib'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { eventually } from '../eventually.ts'
import { AzuriteClient } from '../meters/azurite-client.ts'
import { publication, sayToNats } from '../meters/nats-client.ts'
import { PASSWORD } from './brokers.ts'

/** A queue as somebody outside fills and empties it, through local ports that lead to the broker. */
interface Feed {
  readonly broker: string
  readonly port: number
  prepare?(port: number): Promise<unknown>
  /** Three things to do. */
  fill(port: number): Promise<unknown>
  /** None are left; absent where that cannot be. */
  empty?(port: number): Promise<unknown>
}

/** A worker that sleeps until there is something in its queue; a replica for every two things. */
export interface QueueWorker {
  readonly name: string
  readonly trigger: { readonly type: string; readonly metadata: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>
  /** More of its ScaledObject. */
  readonly scaled?: Readonly<Record<string, unknown>>
  readonly feed: Feed
}

/** Of the environment's clock. A push scaler is polled every two of them. */
export const PUSHED_BETWEEN_MS = 150_000

const THINGS = ['1', '2', '3'] as const

const redis = (fill: string, empty: string): Feed => {
  const say = (text: string) => (port: number) => converse(port, `${text}\r\nQUIT\r\n`)
  return { broker: 'redis', port: 6379, fill: say(fill), empty: say(empty) }
}

const rabbitmq = (queue: string): Feed => {
  const use = async (
    port: number,
    work: (channel: Awaited<ReturnType<Awaited<ReturnType<typeof connectAmqp>>['createConfirmChannel']>>) => unknown,
  ) => {
    const model = await connectAmqp(`amqp://guest:guest@127.0.0.1:${port}`)
    const channel = await model.createConfirmChannel()
    await work(channel)
    await channel.waitForConfirms()
    await model.close()
  }
  return {
    broker: 'rabbitmq',
    port: 5672,
    prepare: (port) => use(port, (channel) => channel.assertQueue(queue)),
    fill: (port) => use(port, (channel) => THINGS.forEach((thing) => void channel.sendToQueue(queue, Buffer.from(thing)))),
    empty: (port) => use(port, (channel) => channel.purgeQueue(queue)),
  }
}

const postgres = (sql: string) => async (port: number) => {
  const client = new pg.Client({ connectionString: `postgresql://meters:${PASSWORD}@127.0.0.1:${port}/postgres?sslmode=disable` })
  await client.connect()
  await client.query(sql)
  await client.end()
}

const mariadb = (sql: string) => async (port: number) => {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'meters', password: PASSWORD, database: 'shop' })
  await connection.query(sql)
  await connection.end()
}

export const QUEUE_WORKERS: readonly QueueWorker[] = [
  {
    name: 'of-list',
    trigger: { type: 'redis', metadata: { address: 'redis:6379', listName: 'jobs', listLength: '2' } },
    feed: redis(`RPUSH jobs ${THINGS.join(' ')}`, 'DEL jobs'),
  },
  {
    name: 'of-stream',
    trigger: {
      type: 'redis-streams',
      metadata: { hostFromEnv: 'REDIS_HOST', portFromEnv: 'REDIS_PORT', stream: 'orders', streamLength: '2' },
    },
    feed: redis(THINGS.map((thing) => `XADD orders * thing ${thing}`).join('\r\n'), 'XTRIM orders MAXLEN 0'),
  },
  {
    name: 'of-mail',
    trigger: { type: 'rabbitmq', metadata: { hostFromEnv: 'RABBITMQ_URL', queueName: 'mail', mode: 'QueueLength', value: '2' } },
    feed: rabbitmq('mail'),
  },
  {
    name: 'of-managed-mail',
    trigger: {
      type: 'rabbitmq',
      metadata: {
        host: 'http://guest:guest@rabbitmq.default.svc.cluster.local:15672/',
        queueName: 'managed',
        mode: 'QueueLength',
        value: '2',
      },
    },
    feed: rabbitmq('managed'),
  },
  {
    name: 'of-postgres',
    trigger: {
      type: 'postgresql',
      metadata: {
        host: 'postgres.default.svc.cluster.local',
        port: '5432',
        userName: 'meters',
        dbName: 'postgres',
        sslmode: 'disable',
        query: 'SELECT count(*) FROM orders',
        targetQueryValue: '2',
      },
      authenticationRef: { name: 'database' },
    },
    feed: {
      broker: 'postgres',
      port: 5432,
      fill: postgres(`INSERT INTO orders VALUES ${THINGS.map((thing) => `('${thing}')`).join()}`),
      empty: postgres('DELETE FROM orders'),
    },
  },
  {
    name: 'of-mysql',
    trigger: {
      type: 'mysql',
      metadata: {
        host: 'mariadb',
        port: '3306',
        username: 'meters',
        passwordFromEnv: 'MYSQL_PASSWORD',
        dbName: 'shop',
        query: 'SELECT count(*) FROM letters',
        queryValue: '2',
      },
    },
    feed: {
      broker: 'mariadb',
      port: 3306,
      fill: mariadb(`INSERT INTO letters VALUES ${THINGS.map((thing) => `('${thing}')`).join()}`),
      empty: mariadb('DELETE FROM letters'),
    },
  },
  {
    name: 'of-nats',
    trigger: {
      type: 'nats-jetstream',
      metadata: {
        natsServerMonitoringEndpoint: 'nats.default.svc.cluster.local:8222',
        account: '$G',
        stream: 'PARCELS',
        consumer: 'packers',
        lagThreshold: '2',
      },
    },
    feed: {
      broker: 'nats',
      port: 4222,
      prepare: (port) =>
        sayToNats(
          port,
          publication('$JS.API.STREAM.CREATE.PARCELS', { name: 'PARCELS', subjects: ['parcels'] }),
          publication('$JS.API.CONSUMER.DURABLE.CREATE.PARCELS.packers', {
            stream_name: 'PARCELS',
            config: { durable_name: 'packers', ack_policy: 'explicit' },
          }),
        ),
      fill: (port) => sayToNats(port, ...THINGS.map((thing) => publication('parcels', thing))),
      empty: (port) => sayToNats(port, publication('$JS.API.STREAM.PURGE.PARCELS', {})),
    },
  },
  {
    name: 'of-prometheus',
    trigger: {
      type: 'prometheus',
      metadata: {
        serverAddress: 'http://prometheus:9090',
        query: 'sum(prometheus_http_requests_total{handler="/-/healthy"})',
        threshold: '2',
      },
    },
    feed: {
      broker: 'prometheus',
      port: 9090,
      fill: async (port) => {
        for (const _ of THINGS) await fetch(`http://127.0.0.1:${port}/-/healthy`)
      },
    },
  },
  {
    name: 'of-azure',
    trigger: { type: 'azure-queue', metadata: { queueName: 'letters', queueLength: '2', connectionFromEnv: 'QUEUES' } },
    feed: {
      broker: 'azurite',
      port: 10_001,
      prepare: (port) => new AzuriteClient(port).createQueue('letters'),
      fill: (port) => new AzuriteClient(port).put('letters', THINGS.length),
      empty: (port) => new AzuriteClient(port).clear('letters'),
    },
  },
  {
    name: 'of-scaler',
    trigger: { type: 'external-push', metadata: { scalerAddress: 'scaler:6000' } },
    // Long enough for what is pushed to come between two polls.
    scaled: { pollingInterval: PUSHED_BETWEEN_MS / 500 },
    feed: { broker: 'scaler', port: 6001, fill: (port) => converse(port, `${THINGS.length}\n`) },
  },
]

/** Says something and hears the other side out. */
async function converse(port: number, text: string): Promise<string> {
  return await eventually(
    () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        let heard = ''
        socket.on('data', (chunk) => {
          heard += String(chunk)
        })
        socket.once('error', reject)
        socket.once('close', () => (heard === '' ? reject(new Error('no answer')) : resolve(heard)))
      }),
  )
}
