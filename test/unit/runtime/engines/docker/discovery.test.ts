import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { openConnection } from '../../../../../runtime/engines/docker/discovery/connection.ts'
import { discoverEngine, findKnownEngine, findNamedEngine, whyNone } from '../../../../../runtime/engines/docker/discovery/discover.ts'
import type { EngineEndpoint } from '../../../../../runtime/engines/docker/discovery/endpoint.ts'
import type { Machine } from '../../../../../runtime/engines/docker/discovery/machine.ts'
import { sshCommand } from '../../../../../runtime/engines/docker/discovery/ssh-agent.ts'

const never = new AbortController().signal

/** A machine with these files, on which engines answer at these addresses; what refuses otherwise is named with its code. */
function machine(
  parts: {
    readonly environment?: Readonly<Record<string, string>>
    readonly files?: Readonly<Record<string, string>>
    readonly answers?: readonly string[]
    readonly refuses?: Readonly<Record<string, string>>
    readonly platform?: NodeJS.Platform
  } = {},
): Machine & { readonly asked: EngineEndpoint[] } {
  const asked: EngineEndpoint[] = []
  return {
    asked,
    platform: parts.platform ?? 'linux',
    uid: 1000,
    homeDirectory: '/home/ann',
    environment: parts.environment ?? {},
    read: async (path) => parts.files?.[path],
    ping: async (endpoint) => {
      asked.push(endpoint)
      if (parts.answers?.includes(endpoint.url)) return
      throw Object.assign(new Error('no'), { code: parts.refuses?.[endpoint.url] ?? 'ENOENT' })
    },
  }
}

function contextFiles(name: string, meta: unknown, tls: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const id = createHash('sha256').update(name).digest('hex')
  const folder = '/home/ann/.docker/contexts'
  return {
    [`${folder}/meta/${id}/meta.json`]: JSON.stringify(meta),
    ...Object.fromEntries(Object.entries(tls).map(([file, text]) => [`${folder}/tls/${id}/docker/${file}`, text])),
  }
}

describe('DOCKER_HOST', () => {
  test('is used, and nothing else', async () => {
    const found = await discoverEngine(
      machine({ environment: { DOCKER_HOST: 'unix:///x.sock' }, answers: ['unix:///x.sock', 'unix:///var/run/docker.sock'] }),
      never,
    )
    expect(found).toEqual({
      endpoint: { url: 'unix:///x.sock', local: true, strategy: 'DOCKER_HOST' },
      tried: [{ strategy: 'DOCKER_HOST', outcome: 'unix:///x.sock answers' }],
    })
  })

  test.each([
    ['ENOENT', 'not there'],
    ['ECONNREFUSED', 'nobody listens'],
    ['EACCES', 'permission denied (on Linux, members of the group docker may use it)'],
  ])('that does not answer (%s) is not replaced by another', async (code, why) => {
    const { endpoint, tried } = await discoverEngine(
      machine({
        environment: { DOCKER_HOST: 'unix:///x.sock' },
        answers: ['unix:///var/run/docker.sock'],
        refuses: { 'unix:///x.sock': code },
      }),
      never,
    )
    expect(endpoint).toBeUndefined()
    expect(tried).toEqual([{ strategy: 'DOCKER_HOST', outcome: `unix:///x.sock: ${why}; others are not tried` }])
    expect(whyNone(tried)).toBe(`DOCKER_HOST: unix:///x.sock: ${why}; others are not tried`)
  })

  test.each(['unix://', 'ftp://x', 'tcp://a b:1'])('%j is a mistake', async (host) => {
    const { tried } = await discoverEngine(machine({ environment: { DOCKER_HOST: host } }), never)
    expect(tried).toHaveLength(1)
    expect(tried[0]?.outcome).toMatch(/; others are not tried$/)
    expect(tried[0]?.outcome).toContain(JSON.stringify(host))
  })

  test('without a kind is tcp; certificates are those of DOCKER_CERT_PATH', async () => {
    const files = { '/certs/ca.pem': 'CA', '/certs/cert.pem': 'CERT', '/certs/key.pem': 'KEY' }
    const environment = { DOCKER_HOST: 'box:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }
    const { endpoint } = await discoverEngine(machine({ environment, files, answers: ['tcp://box:2376'] }), never)
    expect(endpoint).toMatchObject({ url: 'tcp://box:2376', local: false, tls: { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true } })
    expect(openConnection(endpoint as EngineEndpoint, {})).toMatchObject({ protocol: 'https', host: 'box', port: 2376, pathPrefix: '/' })
  })

  test('over tcp without TLS is plain', async () => {
    const { endpoint } = await discoverEngine(
      machine({ environment: { DOCKER_HOST: 'tcp://[::1]:2375/engine' }, answers: ['tcp://[::1]:2375/engine'] }),
      never,
    )
    expect(openConnection(endpoint as EngineEndpoint, {})).toMatchObject({
      protocol: 'http',
      host: '::1',
      port: 2375,
      pathPrefix: '/engine/',
    })
  })
})

describe('a docker context', () => {
  const meta = (host: string): unknown => ({ Name: 'box', Endpoints: { docker: { Host: host, SkipTLSVerify: false } } })

  test('chosen by the configuration is used with its certificates', async () => {
    const files = {
      '/home/ann/.docker/config.json': JSON.stringify({ currentContext: 'box' }),
      ...contextFiles('box', meta('tcp://box:2376'), { 'ca.pem': 'CA' }),
    }
    const { endpoint } = await discoverEngine(machine({ files, answers: ['tcp://box:2376'] }), never)
    expect(endpoint).toEqual({ url: 'tcp://box:2376', local: false, strategy: 'docker context', tls: { ca: 'CA', verify: true } })
  })

  test('of DOCKER_CONTEXT goes before the configured one, and DOCKER_HOST before both', async () => {
    const files = {
      '/home/ann/.docker/config.json': JSON.stringify({ currentContext: 'other' }),
      ...contextFiles('box', meta('unix:///box.sock')),
    }
    const answers = ['unix:///box.sock', 'unix:///host.sock']
    const environment = { DOCKER_CONTEXT: 'box' }
    expect((await discoverEngine(machine({ files, answers, environment }), never)).endpoint?.url).toBe('unix:///box.sock')
    const both = { ...environment, DOCKER_HOST: 'unix:///host.sock' }
    expect((await discoverEngine(machine({ files, answers, environment: both }), never)).endpoint?.url).toBe('unix:///host.sock')
  })

  test.each([
    ['that does not exist', {}, /^context box is chosen, but there is none of that name; others/],
    ['without an endpoint', contextFiles('box', { Name: 'box', Endpoints: {} }), /^context box has no endpoint for docker; others/],
    [
      'whose file is damaged',
      { ...contextFiles('box', {}), [Object.keys(contextFiles('box', {}))[0] ?? '']: '{' },
      /there is none of that name/,
    ],
  ])('%s is said', async (_what, files, outcome) => {
    const { tried } = await discoverEngine(machine({ files, environment: { DOCKER_CONTEXT: 'box' } }), never)
    expect(tried.at(-1)?.outcome).toMatch(outcome)
  })

  test('called default means none', async () => {
    const { endpoint, tried } = await discoverEngine(
      machine({ environment: { DOCKER_CONTEXT: 'default' }, answers: ['unix:///var/run/docker.sock'] }),
      never,
    )
    expect(tried[1]).toEqual({ strategy: 'docker context', outcome: 'none is chosen' })
    expect(endpoint).toEqual({ url: 'unix:///var/run/docker.sock', local: true, strategy: 'Docker' })
  })
})

describe('when nobody says anything', () => {
  test.each([
    ['unix:///run/user/1000/docker.sock', 'rootless Docker'],
    ['unix:///var/run/docker.sock', 'Docker'],
    ['unix:///home/ann/.docker/desktop/docker.sock', 'Docker Desktop'],
    ['unix:///home/ann/.docker/run/docker.sock', 'Docker Desktop'],
    ['unix:///home/ann/.colima/default/docker.sock', 'Colima'],
    ['unix:///home/ann/.config/colima/default/docker.sock', 'Colima'],
    ['unix:///home/ann/.orbstack/run/docker.sock', 'OrbStack'],
    ['unix:///run/user/1000/podman/podman.sock', 'Podman'],
    ['unix:///run/podman/podman.sock', 'Podman'],
  ])('%s is found as %s', async (url, strategy) => {
    expect((await discoverEngine(machine({ answers: [url] }), never)).endpoint).toEqual({ url, local: true, strategy })
  })

  test('variables move the places', async () => {
    const environment = { XDG_RUNTIME_DIR: '/run/me', COLIMA_HOME: '/colima', COLIMA_PROFILE: 'work' }
    const place = machine({ environment })
    const { tried } = await discoverEngine(place, never)
    const asked = place.asked.map(({ url }) => url)
    for (const url of ['unix:///run/me/docker.sock', 'unix:///colima/work/docker.sock', 'unix:///run/me/podman/podman.sock']) {
      expect(asked).toContain(url)
    }
    expect(whyNone(tried)).toBe('none was found')
  })

  test('one that refuses is told, and the next is tried', async () => {
    const { endpoint, tried } = await discoverEngine(
      machine({ refuses: { 'unix:///var/run/docker.sock': 'EACCES' }, answers: ['unix:///run/podman/podman.sock'] }),
      never,
    )
    expect(endpoint?.strategy).toBe('Podman')
    expect(whyNone(tried.slice(0, -1))).toBe(
      'Docker: unix:///var/run/docker.sock: permission denied (on Linux, members of the group docker may use it)',
    )
  })

  test('Windows has pipes', async () => {
    const place = machine({ platform: 'win32', answers: ['npipe:////./pipe/dockerDesktopLinuxEngine'] })
    const { endpoint } = await discoverEngine(place, never)
    expect(endpoint).toMatchObject({ local: true, strategy: 'Windows pipe' })
    expect(place.asked.map(({ url }) => url)).toEqual(['npipe:////./pipe/docker_engine', 'npipe:////./pipe/dockerDesktopLinuxEngine'])
    expect(openConnection(endpoint as EngineEndpoint, {})).toMatchObject({ socketPath: '//./pipe/dockerDesktopLinuxEngine' })
  })
})

test('a named engine, or one that was found before, is the only one', async () => {
  const place = machine({ answers: ['unix:///var/run/docker.sock'] })
  expect((await findNamedEngine(place, 'unix:///mine.sock', never)).endpoint).toBeUndefined()
  const known = { url: 'unix:///mine.sock', local: true, strategy: 'Podman' }
  expect((await findKnownEngine(place, known, never)).endpoint).toBeUndefined()
  expect((await findKnownEngine(machine({ answers: ['unix:///mine.sock'] }), known, never)).endpoint).toEqual(known)
})

test('an aborted search rejects', async () => {
  const search = new AbortController()
  const place: Machine = {
    ...machine(),
    ping: async () => {
      search.abort(new DOMException('enough', 'AbortError'))
      throw new Error('aborted')
    },
  }
  await expect(discoverEngine(place, search.signal)).rejects.toMatchObject({ name: 'AbortError' })
})

test.each([
  ['ssh://box', ['box', 'docker', 'system', 'dial-stdio'], []],
  ['ssh://ann@box:2222', ['box', 'docker', 'system', 'dial-stdio'], ['-l', 'ann', '-p', '2222']],
  ['ssh://box/run/my.sock', ['box', 'docker', '--host', 'unix:///run/my.sock', 'system', 'dial-stdio'], []],
])('%s goes through ssh', (url, end, begin) => {
  const command = sshCommand(new URL(url))
  expect(command.slice(0, 1 + begin.length)).toEqual(['ssh', ...begin])
  expect(command.slice(command.indexOf('--') + 1)).toEqual(end)
})
