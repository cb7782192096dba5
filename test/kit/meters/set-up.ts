import { ensureDebianPackages } from '../docker/debian-packages.ts'

/** What the tests run readers against, by the program that is looked for. */
const SERVERS = {
  'redis-server': 'redis-server',
  'rabbitmq-server': 'rabbitmq-server',
  pg_ctlcluster: 'postgresql',
  mariadbd: 'mariadb-server',
  'nats-server': 'nats-server',
  prometheus: 'prometheus',
  openssl: 'openssl',
}

/** Before the first test: installs the servers that are missing, or says aloud that they are. */
export function setUp(): void {
  ensureDebianPackages(SERVERS, 'Without them readers meet no real server. MINIPAAS_TEST_LANES=-meters leaves the lane out.')
}
