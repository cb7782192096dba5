import { describe, expect, test } from '@jest/globals'
import { readDockerCommand } from '../../../../src/dialects/overlay/dockerfile.ts'
import { parseEnvFile } from '../../../../src/dialects/overlay/env-file.ts'
import { imageName } from '../../../../src/dialects/overlay/proposals.ts'
import type { Use } from '../../../../src/model/use.ts'
import { load, printed } from '../memory-files.ts'

const APP = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: registry.example.com/shop/web:1, ports: [{port: 80}]}
      traits:
        - {type: sidecar, properties: {name: proxy, image: proxy:1}}
    - name: job
      type: task
      properties: {image: job, cmd: [node, job.js]}
`

async function local(overlay: string, more: Readonly<Record<string, string>> = {}, environment: Readonly<Record<string, string>> = {}) {
  const result = await load({ 'app.yaml': APP, 'minipaas.yaml': overlay, ...more }, { environment })
  const components = result.outcome.ok ? (result.outcome.value.applications[0]?.components ?? []) : []
  const of = (name: string): (readonly [string, unknown])[] =>
    (components.find((component) => component.name === name)?.local ?? []).map(({ type, params }: Use) => [type, params] as const)
  return { result, text: printed(result), web: of('web'), job: of('job') }
}

describe('uses', () => {
  test('everything a component can have', async () => {
    const { web, text } = await local(`
components:
  web:
    build: {context: web, dockerfile: Dockerfile.dev, args: {VERSION: 3}, target: dev}
    run: {directory: web, command: npm start, env: {DEBUG: true}}
    env: {MODE: local}
    ports: ["8080:80", 9000, {host: 53, target: 80, protocol: tcp}]
    watch: [{paths: web/src, action: sync, target: /app/src}]
    scale: {standby: 1}
    gate: {maxHeld: 50, holdSeconds: 5}
    containers:
      proxy: {run: [./proxy, --local], env: {LEVEL: 1}}
`)
    expect(text).toBe('')
    expect(web).toEqual([
      ['local/build', { context: '/shop/web', dockerfile: 'Dockerfile.dev', target: 'dev', args: { VERSION: '3' } }],
      ['local/process', { cwd: '/shop/web', command: ['sh', '-c', 'npm start'], env: [{ name: 'DEBUG', value: 'true' }] }],
      ['local/env', { name: 'MODE', value: 'local' }],
      ['local/process', { container: 'proxy', cwd: '/shop', command: ['./proxy', '--local'], env: [] }],
      ['local/env', { container: 'proxy', name: 'LEVEL', value: '1' }],
      ['local/publish', { host: 8080, target: 80, protocol: 'tcp' }],
      ['local/publish', { host: 9000, protocol: 'tcp' }],
      ['local/publish', { host: 53, target: 80, protocol: 'tcp' }],
      ['local/scale', { standby: 1 }],
      ['local/gate', { maxHeld: 50, holdSeconds: 5 }],
      ['local/develop', { action: 'sync', target: '/app/src', paths: ['/shop/web/src'], ignore: [] }],
    ])
  })

  test('variables for all components come first, a component’s own win', async () => {
    const { web, job } = await local('env: {A: all, B: all}\ncomponents: {web: {env: {A: own}}}')
    expect(web.map(([, params]) => params)).toEqual([
      { name: 'A', value: 'all' },
      { name: 'B', value: 'all' },
      { name: 'A', value: 'own' },
    ])
    expect(job.map(([, params]) => params)).toEqual([
      { name: 'A', value: 'all' },
      { name: 'B', value: 'all' },
    ])
  })

  test('an overlay elsewhere, with model files of its own', async () => {
    const { result } = await local('')
    expect(result.outcome.ok).toBe(true)
    const files = { 'k8s/app.yaml': APP, 'deploy/local.yaml': 'models: [../k8s/app.yaml]\ncomponents: {web: {build: ../web}}' }
    const loaded = await load(files, { files: [], overlay: '/shop/deploy/local.yaml' })
    expect(printed(loaded)).toBe('')
    expect(loaded.outcome.ok && loaded.outcome.value.applications[0]?.components[0]?.local[0]?.params).toMatchObject({
      context: '/shop/web',
    })
    expect(loaded.watched).toEqual(['/shop/deploy/local.yaml', '/shop/deploy/.env', '/shop/k8s/app.yaml'])
  })
})

describe('interpolation', () => {
  test.each([
    ['${NAME}', 'shop'],
    ['a-${NAME}-b', 'a-shop-b'],
    ['${NONE:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${EMPTY}', ''],
    ['$${NAME} $$ $NAME', '${NAME} $ $NAME'],
  ])('%s', async (written, expected) => {
    const { web } = await local(`components: {web: {env: {X: '${written}'}}}`, {}, { NAME: 'shop', EMPTY: '' })
    expect(web[0]?.[1]).toEqual({ name: 'X', value: expected })
  })

  test('the environment wins over the env file, and both over the default', async () => {
    const { web, result } = await local(
      "components: {web: {env: {X: '${A}', Y: '${B:-no}'}}}",
      { '.env': 'A=file\nB=file\n' },
      { A: 'shell' },
    )
    expect(web.map(([, params]) => params)).toEqual([
      { name: 'X', value: { secret: 'env-file', key: 'web.X' } },
      { name: 'Y', value: { secret: 'env-file', key: 'web.Y' } },
    ])
    expect(result.outcome.ok && result.outcome.value.secrets.get('default/env-file/web.X')).toBe('shell')
  })
})

describe('mistakes', () => {
  test.each([
    ['components: {web: {containers: {proxi: {}}}}', 'MP3134', 'did you mean "proxy"?'],
    ['component: {}', 'MP1051', 'did you mean "components"?'],
    ['components: {web: {biuld: x}}', 'MP1051', 'did you mean "build"?'],
    ['components: {web: {build: {contxt: x}}}', 'MP1051', 'did you mean "context"?'],
    ['components: {web: {build: {}}}', 'MP1050', '"context" is missing'],
    ['components: {web: {ports: [x]}}', 'MP1050', 'write for example "8080:80"'],
    ['components: {web: {ports: [99999]}}', 'MP1050', ''],
    ['components: {web: {watch: [{paths: a, action: syncc}]}}', 'MP1050', 'did you mean "sync"?'],
    ['components: [web]', 'MP1050', 'must be a map, found a list'],
    ['- a', 'MP1050', 'must be a map'],
    ['a: [', 'MP1001', ''],
    ['envFiles: [none.env]', 'MP1054', ''],
    ["env: {A: '${NOPE}'}", 'MP1052', 'variable NOPE is not set'],
    ["env: {A: '${A?x}'}", 'MP1053', ''],
    ["env: {A: '${A'}", 'MP1053', ''],
    ['env: {}\n---\nenv: {}', 'MP1050', 'one document'],
  ])('%s', async (overlay, code, words) => {
    const { text } = await local(overlay)
    expect(text).toContain(`error ${code}`)
    expect(text).toContain(words)
    expect(text).toContain('minipaas.yaml:')
  })

  test('an entry for a component of another model file has no effect, and says so', async () => {
    const { text, result } = await local('components: {wb: {}}')
    expect(result.outcome.ok).toBe(true)
    expect(text).toContain('warning MP3133')
    expect(text).toContain('did you mean "web"?')
  })

  test('an overlay that was asked for and is not there', async () => {
    expect(printed(await load({ 'app.yaml': APP }, { overlay: '/shop/none.yaml' }))).toContain('error MP1006')
  })
})

describe('proposals', () => {
  const DOCKERFILE = 'FROM node AS build\nCMD ["npm", "test"]\nFROM node\n# c\nENTRYPOINT ["node"]\nCMD ["a.js", \\\n  "b"]\n'

  test('a directory called like the image, one level down too', async () => {
    const { web, job, text } = await local('', {
      'services/web/Dockerfile': DOCKERFILE,
      'job/package.json': '{"scripts": {"start": "node job.js"}}',
    })
    expect(web).toEqual([
      ['local/build', { context: '/shop/services/web', args: {} }],
      ['local/process', { cwd: '/shop/services/web', command: ['node', 'a.js', 'b'], env: [] }],
    ])
    // The model has a command of its own, which is kept.
    expect(job).toEqual([['local/process', { cwd: '/shop/job', command: [], env: [] }]])
    expect(text.match(/note MP1057/g)).toHaveLength(2)
  })

  test('the start script goes before the Dockerfile; only node itself needs no shell', async () => {
    const files = (start: string) => ({ 'web/Dockerfile': DOCKERFILE, 'web/package.json': JSON.stringify({ scripts: { start } }) })
    expect((await local('', files('node --watch server.js'))).web[1]?.[1]).toMatchObject({ command: ['node', '--watch', 'server.js'] })
    const [, params] = (await local('', files('tsc && node server.js'))).web[1] ?? []
    expect(params).toMatchObject({ command: ['sh', '-c', expect.stringMatching(/node_modules\/\.bin.*tsc && node server\.js$/)] })
  })

  test('nothing is proposed where the overlay says it', async () => {
    const files = { 'web/Dockerfile': DOCKERFILE }
    expect((await local('components: {web: {image: other}}', files)).web.map(([type]) => type)).toEqual(['local/image'])
    expect((await local('components: {web: {run: ./go}}', files)).web.map(([type]) => type)).toEqual(['local/build', 'local/process'])
    const named = (await local('components: {web: {build: ., image: mine}}', {})).web.map(([type]) => type)
    expect(named).toEqual(['local/image', 'local/build'])
    expect((await local('components: {web: {build: ., run: ./go}}', files)).text).toBe('')
  })

  test.each([
    ['FROM a\nCMD npm start\n', ['sh', '-c', 'npm start']],
    ['FROM a\nENTRYPOINT ./run\nCMD ["x"]\n', ['sh', '-c', './run']],
    ['FROM a\ncmd ["a", "b"]\n', ['a', 'b']],
    ['FROM a\n', undefined],
    ['', undefined],
  ])('the command of %j', (text, expected) => {
    expect(readDockerCommand(text)).toEqual(expected)
  })

  test.each(['web', 'web:1', 'shop/web', 'localhost:5000/shop/web', 'r.example.com/a/web:1@sha256:abc'])('%s is called web', (ref) => {
    expect(imageName(ref)).toBe('web')
  })
})

test('env files', () => {
  const { entries, diagnostics } = parseEnvFile(
    '.env',
    `# comment
PLAIN=value # comment
export SPACED = two words
EMPTY=
HASH=a#b
SINGLE='as \\n is # here'
DOUBLE="line 1
line 2\\tend" # comment
ESCAPED="say \\"hi\\" \\$5"
DOTTED.name=x\r
`,
  )
  expect(diagnostics).toEqual([])
  expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual({
    PLAIN: 'value',
    SPACED: 'two words',
    EMPTY: '',
    HASH: 'a#b',
    SINGLE: 'as \\n is # here',
    DOUBLE: 'line 1\nline 2\tend',
    ESCAPED: 'say "hi" $5',
    'DOTTED.name': 'x',
  })
})
