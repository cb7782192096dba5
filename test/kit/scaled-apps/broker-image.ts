import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ImageRecipe } from '../docker/image-recipes.ts'
import { ownImage } from '../docker/images.ts'
import { SERVER_PACKAGES } from '../meters/set-up.ts'
import { BROKER_IMAGE } from './brokers.ts'

const servers = new URL('servers/', import.meta.url)

/** Makes sure of the one image with the programs of all brokers; each component starts one of them. */
export async function makeBrokerImage(): Promise<void> {
  await ownImage(BROKER_IMAGE, await recipe())
}

async function recipe(): Promise<ImageRecipe> {
  const scripts = readdirSync(servers).map((name) => [`/servers/${name}`, readFileSync(new URL(name, servers), 'utf8')] as const)
  return {
    programs: {
      node: '/usr/local/bin/node',
      'redis-server': '/usr/local/bin/redis-server',
      mariadbd: '/usr/sbin/mariadbd',
      'mariadb-install-db': '/usr/bin/mariadb-install-db',
      my_print_defaults: '/usr/bin/my_print_defaults',
      resolveip: '/usr/bin/resolveip',
      'nats-server': '/usr/local/bin/nats-server',
      prometheus: '/usr/local/bin/prometheus',
      setpriv: '/usr/local/bin/setpriv',
    },
    packages: SERVER_PACKAGES,
    files: {
      ...Object.fromEntries(scripts),
      '/programs/azurite.cjs': await bundled('../../../node_modules/azurite/dist/src/queue/main.js'),
      '/programs/push-scaler.cjs': await bundled('../programs/push-scaler.ts'),
    },
    trees: ['/usr/lib/erlang', '/usr/lib/rabbitmq/lib', '/usr/lib/postgresql', '/usr/share/postgresql', '/usr/share/mysql'],
    links: { '/usr/bin/erl': '/usr/lib/erlang/bin/erl', '/usr/bin/epmd': '/usr/lib/erlang/bin/epmd' },
    folders: ['/data', '/servers', '/programs'],
    users: ['postgres:x:101:101::/var/lib/postgresql:/bin/sh'],
    config: { Cmd: ['sh'], WorkingDir: '/data', Env: ['BIND=0.0.0.0', 'AZURITE=/programs/azurite.cjs'] },
  }
}

async function bundled(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
    write: false,
    // Databases that its table store could use.
    external: ['mysql2', 'tedious', 'pg-hstore', 'sqlite3', 'pg', 'mariadb', 'oracledb', 'ibm_db', 'odbc', 'snowflake-sdk'],
  })
  return outputFiles[0]?.text ?? ''
}
