import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AZURITE_KEY } from '../meters/azurite-client.ts'
import type { ComponentText } from './documents.ts'
import type { Ground } from './ground.ts'

/** In the Secret of the application. */
export const PASSWORD = 's3cret'

/** Of containers: the programs of all of them, as this machine has them. */
export const BROKER_IMAGE = 'localhost/minipaas-test-brokers:1'

interface Broker {
  readonly name: string
  readonly ports: Readonly<Record<string, number>>
  readonly env?: Readonly<Record<string, string>>
}

/** Real servers, each as a component whose name is its address. */
const brokers: readonly Broker[] = [
  { name: 'redis', ports: { redis: 6379 } },
  { name: 'rabbitmq', ports: { amqp: 5672, management: 15_672, distribution: 25_672, mapper: 4369 } },
  { name: 'postgres', ports: { sql: 5432 }, env: { PASSWORD } },
  { name: 'mariadb', ports: { sql: 3306 }, env: { PASSWORD } },
  { name: 'nats', ports: { client: 4222, monitoring: 8222 } },
  { name: 'prometheus', ports: { web: 9090 } },
  { name: 'azurite', ports: { queue: 10_001 } },
]

/** Those, and an external scaler. */
export function brokerComponents(ground: Ground, programs: { readonly pushScaler: string }): readonly ComponentText[] {
  const azurite = fileURLToPath(new URL('../../../node_modules/azurite/dist/src/queue/main.js', import.meta.url))
  return [
    ...brokers.map((broker) => {
      const script = readFileSync(new URL(`servers/${broker.name}.sh`, import.meta.url), 'utf8')
      const directory = `servers/${broker.name}`
      ground.write(`${directory}/run.sh`, script)
      return {
        ...broker,
        image: BROKER_IMAGE,
        cmd: ['sh', `/servers/${broker.name}.sh`],
        run: { directory, command: ['sh', 'run.sh'], env: { NODE: process.execPath, AZURITE: azurite } },
      }
    }),
    {
      name: 'scaler',
      image: BROKER_IMAGE,
      cmd: ['node', '/programs/push-scaler.cjs'],
      ports: { grpc: 6000, control: 6001 },
      run: { command: [process.execPath, programs.pushScaler] },
    },
  ]
}

/** `amqp://guest:guest@rabbitmq:5672/` and its kin: where the cloud would have them. */
export const CONNECTIONS = {
  RABBITMQ_URL: 'amqp://guest:guest@rabbitmq:5672/',
  QUEUES: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${AZURITE_KEY};QueueEndpoint=http://azurite:10001/devstoreaccount1;`,
  REDIS_HOST: 'redis',
  REDIS_PORT: '6379',
  MYSQL_PASSWORD: PASSWORD,
}
