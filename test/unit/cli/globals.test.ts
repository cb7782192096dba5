import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { normaliseName, resolveGlobals } from '../../../src/cli/globals.ts'
import type { Io } from '../../../src/cli/io.ts'
import { Options } from '../../../src/cli/options.ts'
import { callCli } from '../../kit/cli-run.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

type World = Pick<Io, 'env' | 'cwd' | 'stdout' | 'stderr'>

function globalsOf(values: Record<string, unknown>, world: Partial<World> & { readonly isTTY?: boolean } = {}) {
  const output = { write: () => {}, isTTY: world.isTTY ?? true, columns: 80, rows: 24 }
  const io = { env: {}, cwd: '/home/ada/My Shop', stdout: output, stderr: output, ...world }
  return resolveGlobals(new Options(values), io as unknown as Io)
}

test.each([
  ['shop', 'shop'],
  ['My Shop', 'my-shop'],
  ['_shop.v2_', 'shop-v2'],
  ['', 'default'],
  ['ÄÖ', 'default'],
  [`${'a'.repeat(62)}--b`, 'a'.repeat(62)],
])('the directory %j names the environment %j', (name, expected) => {
  expect(normaliseName(name)).toBe(expected)
})

test('the name comes from the flag, else the environment variable, else the directory', () => {
  const env = { MINIPAAS_PROJECT_NAME: 'from-env' }
  expect(globalsOf({ projectName: 'from-flag' }, { env }).environment).toBe('from-flag')
  expect(globalsOf({}, { env }).environment).toBe('from-env')
  expect(globalsOf({}).environment).toBe('my-shop')
  expect(globalsOf({ projectDirectory: '../Other' }).environment).toBe('other')
  expect(globalsOf({ file: ['shop/app.yaml'] })).toMatchObject({ environment: 'shop', directory: '/home/ada/My Shop/shop' })
  expect(globalsOf({}, { env: { MINIPAAS_FILE: 'shop/a.yaml:b.yaml' } }).files).toEqual([
    '/home/ada/My Shop/shop/a.yaml',
    '/home/ada/My Shop/b.yaml',
  ])
  expect(globalsOf({ file: ['-'] })).toMatchObject({ files: ['-'], directory: '/home/ada/My Shop' })
})

test('a directory given as the model is the project directory', () => {
  using scratch = scratchDirectory()
  expect(globalsOf({ file: [scratch.path] }).directory).toBe(scratch.path)
})

test.each([
  [{}, {}, true, [true, true]],
  [{}, {}, false, [false, false]],
  [{}, { NO_COLOR: '1' }, true, [false, true]],
  [{}, { TERM: 'dumb' }, true, [false, false]],
  [{}, { CI: 'true' }, true, [true, false]],
  [{}, { CI: 'false' }, true, [true, true]],
  [{ ansi: 'never' }, {}, true, [false, false]],
  [{ ansi: 'always' }, { NO_COLOR: '1' }, false, [true, false]],
  [{}, { MINIPAAS_ANSI: 'never' }, true, [false, false]],
  [{ ansi: 'auto' }, { MINIPAAS_ANSI: 'never' }, true, [true, true]],
])('%j with %j on a terminal: %j gives colours and redrawn lines %j', (values, env, isTTY, [colours, live]) => {
  const globals = globalsOf(values, { env, isTTY })
  expect([globals.out.isColorSupported, globals.live]).toEqual([colours, live])
})

describe('model files', () => {
  async function filesFor(names: readonly string[], overlay?: string): Promise<unknown> {
    await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
    using project = scratchDirectory()
    for (const name of names) writeFileSync(join(project.path, name), '')
    if (overlay !== undefined) writeFileSync(join(project.path, 'minipaas.yaml'), overlay)
    const { code, stderr } = await callCli(['up', '-d'], { home: daemon.home, cwd: project.path })
    if (code !== 0) return [code, stderr.replaceAll(project.path, '<project>')]
    const [order] = daemon.callsOf('apply') as { readonly files: readonly { readonly path: string }[] }[]
    return order?.files.map(({ path }) => path.slice(project.path.length + 1))
  }

  test.each([
    [['vela.yaml', 'app.yaml', 'x.oam.yaml'], undefined, ['app.yaml']],
    [['application.yml'], undefined, ['application.yml']],
    [['b.oam.yaml', 'a.oam.yml', 'other.yaml'], undefined, ['a.oam.yml', 'b.oam.yaml']],
    [['app.yaml'], 'models: [x.yaml]\n', []],
    [['app.yaml'], '# models: none\ncomponents: {}\n', ['app.yaml']],
  ])('of %j with overlay %j are %j', async (names, overlay, expected) => {
    expect(await filesFor(names, overlay)).toEqual(expected)
  })

  test('that are missing are asked for', async () => {
    expect(await filesFor([])).toEqual([
      3,
      'error MP8102 no model file in <project>\nnext: Give one with -f, name it app.yaml, application.yaml, vela.yaml or *.oam.yaml, or list it under "models" in minipaas.yaml.\n',
    ])
  })

  test('that are given but absent are refused', async () => {
    await using daemon = await ScriptedDaemon.open()
    const { code, stderr } = await callCli(['up', '-f', 'gone.yaml'], { home: daemon.home })
    expect(code).toBe(3)
    expect(stderr).toContain(`no such file: ${join(daemon.home, 'gone.yaml')}`)
  })
})

test('global options work before and after the command, and files add up', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  mkdirSync(join(daemon.home, 'models'))
  writeFileSync(join(daemon.home, 'one.yaml'), '')
  writeFileSync(join(daemon.home, 'two.yaml'), '')
  const args = ['--env-file', 'a.env', '-f', 'one.yaml', 'up', '-d', '--env-file', 'b.env', '-f', 'two.yaml', '-p', 'shop']
  expect(await callCli(args, { home: daemon.home, env: { MINIPAAS_PROJECT_NAME: 'wrong' } })).toMatchObject({ code: 0 })
  expect(daemon.callsOf('apply')).toMatchObject([
    {
      files: [{ path: join(daemon.home, 'one.yaml') }, { path: join(daemon.home, 'two.yaml') }],
      envFiles: [join(daemon.home, 'a.env'), join(daemon.home, 'b.env')],
    },
  ])
})
