import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { expectNothingLeft, get, webPort, withHome } from '../kit/cli.ts'
import { repositoryFolder, shellEnvironment } from '../kit/clone.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const run = promisify(execFile)
const MAX_TARBALL_BYTES = 3 * 2 ** 20

/** A folder with the packed tarball, and an empty project beside it that has it installed. */
const scratch = scratchDirectory()
const project = join(scratch.path, 'project')
const installed = join(project, 'node_modules', 'minipaas')
let tarball = ''

async function call(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { stdout } = await run(command, args, { cwd: options.cwd, env: shellEnvironment(options.env ?? {}), maxBuffer: 2 ** 26 })
  return stdout
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
}

const textOf = (path: string): string => readFileSync(join(installed, path), 'utf8')

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true })
  writeFileSync(join(project, path), text)
}

beforeAll(async () => {
  await call('npm', ['pack', '--pack-destination', scratch.path], { cwd: repositoryFolder })
  tarball = join(scratch.path, readdirSync(scratch.path).find((name) => name.endsWith('.tgz')) ?? '')
  mkdirSync(project)
  await call('npm', ['init', '--yes'], { cwd: project })
  await call('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project })
}, 180_000)

afterAll(() => scratch[Symbol.dispose]())

describe('what others import', () => {
  test('the decisions of scaling, with their types', async () => {
    const program = `import { groupPods, syncHpa } from 'minipaas/scaling'
const { replicas } = syncHpa({
  spec: { maxReplicas: 10 },
  specReplicas: 1,
  metrics: [{ type: 'External', name: 'jobs', target: { averageValue: 5 }, reading: { value: 14 } }],
  nowMs: 0,
})
const wrong: string = groupPods
console.log(replicas)
`
    write('use.mts', program)
    write('use.mjs', program.replace('const wrong: string = groupPods\n', ''))
    expect(await call(process.execPath, ['use.mjs'], { cwd: project })).toBe('3\n')
    const compiler = join(repositoryFolder, 'node_modules', 'typescript', 'bin', 'tsc')
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck']
    const said = await call(process.execPath, [compiler, ...flags, 'use.mts'], { cwd: project }).catch(
      (error: { stdout: string }) => error.stdout,
    )
    expect(said.trim().split('\n')).toEqual([expect.stringMatching(/^use\.mts\(8,7\): error TS2322: /)])
  }, 60_000)
})

describe('what is in the tarball', () => {
  test('the programs, the schema and the texts for people, and nothing of the workshop', () => {
    const { size } = statSync(tarball)
    process.stdout.write(`tarball: ${(size / 1024).toFixed(0)} KiB\n`)
    expect(size).toBeLessThan(MAX_TARBALL_BYTES)
    const files = filesBelow(installed)
    expect(files.filter((path) => !path.startsWith('dist/'))).toEqual([
      'CHANGELOG.md',
      'ERRORS.md',
      'LICENSE',
      'README.md',
      'package.json',
      'schema/minipaas.schema.json',
    ])
    const parts = files.filter((path) => /^dist\/(chunks|meters)\//.test(path))
    const types = files.filter((path) => path.startsWith('dist/types/'))
    expect(types).toContain('dist/types/scaling/index.d.ts')
    expect(types.filter((path) => !/\.d\.ts$|^dist\/types\/package\.json$/.test(path))).toEqual([])
    expect(files.filter((path) => path.startsWith('dist/') && !parts.includes(path) && !types.includes(path))).toEqual([
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/cli.js',
      'dist/daemon.js',
      'dist/dockerode.js',
      'dist/edge.js',
      'dist/guard.js',
      'dist/meters.js',
      'dist/package.json',
      'dist/scaling.mjs',
    ])
    expect(parts.filter((path) => !/\.js$/.test(path))).toEqual([])
  })

  test('it stands alone: installing brings no other package, and the programs load none', () => {
    const packages = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(packages).toEqual(['minipaas'])
    const foreign = filesBelow(join(installed, 'dist'))
      .filter((path) => path.endsWith('.js'))
      .map((path) => textOf(`dist/${path}`).replaceAll('\\\n', ''))
      .flatMap((text) => [...text.matchAll(/require\w*\)?\(\s*"([^"]+)"\s*\)/g)].map((found) => found[1] ?? ''))
      .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    // What packages look for and do not need: `ws`; clients of the meters (MongoDB, Redis, MySQL, PostgreSQL).
    const optional = [
      ...['bufferutil', 'utf-8-validate'],
      ...['@aws-sdk/credential-providers', '@mongodb-js/zstd', 'gcp-metadata', 'kerberos', 'mongodb-client-encryption', 'snappy', 'socks'],
      ...['@node-rs/xxhash', 'cardinal', 'pg-cloudflare', 'pg-native'],
    ]
    expect([...new Set(foreign)].sort()).toEqual(optional.sort())
  })

  test('the licences of bundled packages come with them', () => {
    const licences = textOf('dist/THIRD-PARTY-LICENSES.txt')
    const packages = ['chokidar', 'commander', 'express', 'picocolors', 'ws', 'yaml', 'zod']
    for (const name of packages) expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'))
    expect(licences.match(/Permission (is hereby granted|to use)/g)?.length).toBeGreaterThan(packages.length)
    expect(textOf('LICENSE')).toContain('Apache License')
  })

  test('no file says where it was made', async () => {
    const registry = new URL((await call('npm', ['config', 'get', 'registry'], { cwd: project })).trim()).host
    const places = [repositoryFolder, dirname(repositoryFolder) + sep, scratch.path, homedir() + sep]
    const forbidden = [registry, ...places.filter((place) => place.length > 2)]
    const found = filesBelow(installed).flatMap((path) => {
      const text = textOf(path)
      const hosts = text.match(/\bregistry\.[\w-]+\.(?:com|io|net|org)\b/g) ?? []
      return [...forbidden.filter((word) => text.includes(word)), ...hosts].map((word) => `${path}: ${word}`)
    })
    expect(found).toEqual([])
  })
})

test('npx minipaas runs a manifest of the folder it is installed in, and takes it down', async () => {
  await using home = withHome()
  write(
    'manifest.yaml',
    `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: parcel
spec:
  components:
    - name: front
      type: webservice
      properties:
        image: example/front:1
        ports:
          - port: 8000
        env:
          - name: BACK_URL
            value: http://back:9000
    - name: back
      type: webservice
      properties:
        image: example/back:1
        ports:
          - port: 9000
            expose: true
`,
  )
  write(
    'minipaas.yaml',
    'components:\n  front:\n    run: { directory: ., command: [node, program.js] }\n  back:\n    run: { directory: ., command: [node, program.js] }\n',
  )
  write(
    'program.js',
    `const { createServer } = require('node:http')
const back = process.env.BACK_URL
createServer(async (request, response) => {
  response.end(back === undefined ? 'from the back' : 'through the front, ' + (await (await fetch(back)).text()))
}).listen(Number(process.env.PORT))
process.on('SIGTERM', () => process.exit(0))
`,
  )
  const settings = { cwd: project, env: home.env }
  const npx = async (...args: readonly string[]) => await call('npx', ['minipaas', ...args], settings)
  expect((await npx('version')).trim()).toContain(JSON.parse(textOf('package.json')).version)
  await npx('--project-name', 'parcel', '-f', 'manifest.yaml', 'up', '-d', '--wait', '--wait-timeout', '60')
  // The kit's commands name the environment by their directory, as the npx calls below do.
  const port = await webPort({ ...settings, env: { ...home.env, MINIPAAS_PROJECT_NAME: 'parcel' } })
  await eventually(async () => ((await get(port, 'front.parcel.localhost')).text === 'through the front, from the back' ? true : undefined))
  await npx('--project-name', 'parcel', 'down')
  await expectNothingLeft(home.path)
}, 120_000)
