import { ensureDebianPackages } from '../docker/debian-packages.ts'

/** What the tests run readers against: Debian packages by the program that is looked for. */
export const SERVER_PACKAGES = {
  'redis-server': 'redis-server',
  'rabbitmq-server': 'rabbitmq-server',
  pg_ctlcluster: 'postgresql',
  mariadbd: 'mariadb-server',
  'nats-server': 'nats-server',
  prometheus: 'prometheus',
}

/** Before the first test: installs the servers that are missing, or says aloud that they are. */
export function setUp(): void {
  ensureDebianPackages(
    { ...SERVER_PACKAGES, openssl: 'openssl' },
    'Without them readers meet no real server. MINIPAAS_TEST_LANES=-meters leaves the lane out.',
  )
}
