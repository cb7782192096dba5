/** An image made of programs of this machine with their libraries, in place of one that would have to be pulled. */
export interface ImageRecipe {
  /** Program on this machine and its path in the image; `node` stands for the Node that runs the tests. */
  readonly programs: Readonly<Record<string, string>>
  /** The Debian package of each program that a machine may lack. */
  readonly packages: Readonly<Record<string, string>>
  /** Small files by their path; those in a `bin` folder can be run. */
  readonly files: Readonly<Record<string, string>>
  /** Folders of this machine that are there at the same place, with what is in them. */
  readonly trees?: readonly string[]
  readonly links?: Readonly<Record<string, string>>
  readonly folders?: readonly string[]
  /** Lines of passwd besides root's, each with a group of the same name and number. */
  readonly users?: readonly string[]
  readonly config: ImageConfig
}

/** The part of an image's configuration that a container takes over, in the engine's words. */
export interface ImageConfig {
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd: readonly string[]
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Volumes?: Readonly<Record<string, object>>
  readonly WorkingDir?: string
  readonly StopSignal?: string
}

/** As the images of the same names do it: arguments that are no program go to the image's own one. */
const nodeEntry = `#!/bin/sh
case "$1" in
  -*) exec node "$@" ;;
esac
command -v "$1" >/dev/null 2>&1 || exec node "$@"
exec "$@"
`
const redisEntry = `#!/bin/sh
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
[ "$1" = redis-server ] && set -- "$@" --protected-mode no
exec "$@"
`
const nginxConf = `user nginx;
worker_processes auto;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
  access_log /dev/stdout;
  types { text/html html; text/plain txt; application/json json; }
  default_type application/octet-stream;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`
const nginxServer = `server {
  listen 80;
  location / {
    root /usr/share/nginx/html;
    index index.html;
  }
}
`

const recipes: Readonly<Record<string, ImageRecipe>> = {
  'busybox:1.36': { programs: {}, packages: {}, files: {}, config: { Cmd: ['sh'] } },
  'node:22-alpine': {
    programs: { node: '/usr/local/bin/node' },
    packages: {},
    files: { '/usr/local/bin/docker-entrypoint.sh': nodeEntry },
    folders: ['/home/node'],
    users: ['node:x:1000:1000::/home/node:/bin/sh'],
    config: { Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node'] },
  },
  'redis:7': {
    programs: { 'redis-server': '/usr/local/bin/redis-server', 'redis-cli': '/usr/local/bin/redis-cli' },
    packages: { 'redis-server': 'redis-server', 'redis-cli': 'redis-tools' },
    files: { '/usr/local/bin/docker-entrypoint.sh': redisEntry },
    folders: ['/data'],
    config: {
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['redis-server'],
      WorkingDir: '/data',
      Volumes: { '/data': {} },
      ExposedPorts: { '6379/tcp': {} },
    },
  },
  'nginx:1.27': {
    programs: { nginx: '/usr/sbin/nginx' },
    packages: { nginx: 'nginx-light' },
    files: {
      '/etc/nginx/nginx.conf': nginxConf,
      '/etc/nginx/conf.d/default.conf': nginxServer,
      '/usr/share/nginx/html/index.html': '<!doctype html><title>nginx</title><p>nginx\n',
    },
    folders: ['/var/lib/nginx', '/var/log/nginx'],
    users: ['nginx:x:101:101::/nonexistent:/bin/false'],
    config: { Cmd: ['nginx', '-g', 'daemon off;'], ExposedPorts: { '80/tcp': {} }, StopSignal: 'SIGQUIT' },
  },
}

/** Images that the lane makes sure of before its first test; the others are made when a test asks. */
export const BASE_IMAGES = ['node:22-alpine', 'busybox:1.36'] as const

/** Throws with what there is for a name that has no recipe. */
export function recipeOf(image: string): ImageRecipe {
  const recipe = recipes[image]
  if (recipe === undefined) throw new Error(`no recipe for ${image}; there are: ${Object.keys(recipes).join(', ')}`)
  return recipe
}
