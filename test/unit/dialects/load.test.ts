import { describe, expect, test } from '@jest/globals'
import { loadApplications } from '../../../src/dialects/index.ts'
import { definitions, load, memoryFiles, printed } from './memory-files.ts'

const app = (name: string, component = name, more = ''): string => `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: ${name}}
spec:
  components:
    - name: ${component}
      type: webservice
      properties: {image: x, ports: [{port: 80, expose: true}]${more}}
`

async function names(texts: Readonly<Record<string, string>>, request: Parameters<typeof load>[1] = {}): Promise<string[] | string> {
  const result = await load(texts, request)
  return result.outcome.ok ? result.outcome.value.applications.map(({ name }) => name) : printed(result)
}

describe('files', () => {
  test('several files and standard input concatenate', async () => {
    expect(
      await names(
        { 'a.yaml': app('a'), 'b.yaml': `${app('b')}---\n${app('c')}` },
        { files: [{ path: '/shop/a.yaml' }, { path: '/shop/b.yaml' }, { stdin: app('d') }] },
      ),
    ).toEqual(['a', 'b', 'c', 'd'])
  })

  test('a directory is read in order, without the overlay and what is no model', async () => {
    const files = {
      'k8s/b.yml': app('b'),
      'k8s/a.json': JSON.stringify({
        apiVersion: 'core.oam.dev/v1beta1',
        kind: 'Application',
        metadata: { name: 'a' },
        spec: { components: [{ name: 'a', type: 'worker', properties: { image: 'x' } }] },
      }),
      'k8s/minipaas.yaml': 'components: {a: {env: {A: 1}}}',
      'k8s/package.json': '{"name": "x"}',
      'k8s/broken.yaml': 'a: [',
      'k8s/compose.yaml': 'services: {a: {image: x}}',
      'k8s/deep/c.yaml': app('c'),
    }
    const result = await load(files, { files: [{ path: '/shop/k8s' }], overlay: '/shop/k8s/minipaas.yaml' })
    expect(result.outcome.ok && result.outcome.value.applications.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(result.shown.map(({ code, severity, origin }) => `${severity} ${code} ${origin?.file}`).sort()).toEqual([
      'note MP1011 k8s/broken.yaml',
      'note MP1011 k8s/package.json',
      'note MP1020 k8s/compose.yaml',
    ])
    expect(result.watched).toContain('/shop/k8s')
  })

  test.each([
    ['a missing file', { files: [{ path: '/shop/none.yaml' }] }, 'MP1006'],
    ['a directory without models', { files: [{ path: '/shop/src' }] }, 'MP1010'],
    ['no file at all', { files: [] }, 'MP1012'],
    ['an empty text', { files: [{ stdin: '# nothing\n' }] }, 'MP1009'],
    ['no application', { files: [{ stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }] }, 'MP1015'],
  ])('%s', async (_, request, code) => {
    expect(await names({ 'src/main.ts': '' }, request)).toMatch(new RegExp(`^error ${code}`))
  })

  test('a default name is found', async () => {
    expect(await names({ 'app.yaml': app('a') }, { files: [] })).toEqual(['a'])
  })

  test('a file that may not be read is a diagnostic', async () => {
    const files = memoryFiles({})
    const refusing = {
      ...files,
      readText: async (path: string) => (path === '/shop/app.yaml' ? Promise.reject(new Error('EACCES: permission denied')) : undefined),
    }
    const request = { files: [{ path: '/shop/app.yaml' }], directory: '/shop', envFiles: [], environment: {}, strict: false }
    const result = await loadApplications(request, refusing, definitions)
    expect(printed(result)).toBe(
      'error MP1016  /shop/app.yaml cannot be read: EACCES: permission denied\n  check the permissions of the file',
    )
  })
})

describe('formats', () => {
  test.each([
    ['Compose', 'services: {web: {image: x}}', 'MP1020'],
    ['Container Apps', 'type: Microsoft.App/containerApps\nproperties: {}', 'MP1021'],
    ['Container Apps without a type', 'properties: {configuration: {}, template: {}}', 'MP1021'],
    ['Dapr', 'version: 1\napps: [{appDirPath: ./a}]', 'MP1022'],
    ['Dapr with common', 'version: 1\ncommon: {}\napps: []', 'MP1022'],
    ['a definition', 'apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: x}', 'MP1023'],
    ['v1alpha2', 'apiVersion: core.oam.dev/v1alpha2\nkind: ApplicationConfiguration', 'MP1024'],
    ['v1alpha2 component', 'apiVersion: core.oam.dev/v1alpha2\nkind: Component', 'MP1024'],
    ['another version', 'apiVersion: core.oam.dev/v1\nkind: Application', 'MP1025'],
    ['another Application', 'apiVersion: argoproj.io/v1alpha1\nkind: Application', 'MP1025'],
    ['no version', 'kind: ConfigMap\nmetadata: {name: a}', 'MP1031'],
    ['a kind of the wrong type', 'apiVersion: core.oam.dev/v1beta1\nkind: [Application]', 'MP1025'],
    [
      'wadm',
      'apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {name: a}\nspec: {components: [{name: a, type: capability}]}',
      'MP1027',
    ],
    ['anything else', 'hello: world', 'MP1026'],
    ['a list', '[1, 2]', 'MP1026'],
  ])('%s is recognised', async (_, text, code) => {
    expect(await names({ 'x.yaml': text })).toMatch(new RegExp(`^error ${code}`))
  })

  test('a Kubernetes workload beside an application is reported, not started', async () => {
    const result = await load({
      'x.yaml': `${app('a')}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n`,
    })
    expect(result.outcome.ok).toBe(true)
    expect(result.shown.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning MP1028', 'note MP1029'])
  })

  test('a type that a definition of the load declares is not called misspelled', async () => {
    const text = `${app('a').replace('webservice', 'webservic')}---\napiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {name: webservic}\n`
    expect(await names({ 'x.yaml': text })).toContain('MP1023')
  })
})

describe('links', () => {
  const env = (ref: string): string => `, env: [{name: A, valueFrom: {${ref}}}]`
  const objects =
    'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: texts}\ndata: {hello: y}\n'

  test.each([
    ['secretKeyRef: {name: db, key: password}', undefined],
    ['configMapKeyRef: {name: texts, key: hello}', undefined],
    ['secretKeyRef: {name: bd, key: password}', 'MP3120'],
    ['secretKeyRef: {name: db, key: pasword}', 'MP3121'],
    ['configMapKeyRef: {name: text, key: hello}', 'MP3122'],
    ['configMapKeyRef: {name: texts, key: helo}', 'MP3123'],
  ])('%s', async (reference, code) => {
    const answer = await names({ 'x.yaml': `${app('a', 'a', env(reference))}---\n${objects}` })
    if (code === undefined) expect(answer).toEqual(['a'])
    else expect(answer).toMatch(new RegExp(`^error ${code}[^]*did you mean`))
  })

  test('what something not simulated would create is a warning', async () => {
    const text = `${app('a', 'a', env('secretKeyRef: {name: bucket, key: url}'))}    - name: s3\n      type: k8s-objects\n      properties: {objects: [{apiVersion: v1, kind: Secret, metadata: {name: bucket}}]}\n`
    const result = await load({ 'x.yaml': text })
    expect(result.outcome.ok).toBe(true)
    expect(printed(result)).toContain('warning MP3120')
  })

  const service = (selector: string, target = '80'): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {selector: {${selector}}, ports: [{port: 8000, targetPort: ${target}}]}\n`

  test('services belong to the component they select', async () => {
    const result = await load({ 'x.yaml': `${app('a')}---\n${service('app.oam.dev/component: a')}` })
    expect(printed(result)).toBe('')
    expect(result.outcome.ok && result.outcome.value.applications[0]?.services).toMatchObject([
      { name: 'front', selects: 'a', ports: [{ port: 8000, target: 80, protocol: 'tcp' }] },
    ])
  })

  test.each([
    ['no component', service('app.oam.dev/component: b'), 'MP3124'],
    ['no labels', service('tier: front'), 'MP3124'],
    ['an unknown port name', service('app.oam.dev/component: a', 'metrics'), 'MP3130'],
    ['an object twice', `${objects}---\n${objects}`, 'MP3126'],
    ['the same application', app('a', 'b'), 'MP3109'],
    ['the same component', app('b', 'a'), 'MP3119'],
  ])('%s', async (_, text, code) => {
    expect(await names({ 'x.yaml': `${app('a')}---\n${text}` })).toMatch(new RegExp(`^error ${code}`))
  })

  test('a port of this machine is published once', async () => {
    const files = { 'x.yaml': `${app('a')}---\n${app('b')}`, 'minipaas.yaml': 'components: {a: {ports: ["80:80"]}, b: {ports: ["80:80"]}}' }
    expect(await names(files)).toMatch(/^error MP3129/)
  })
})
