import { describe, expect, test } from '@jest/globals'
import { baseRegistries, resolveBase } from '../../../../../../runtime/engines/docker/images/build-bases.ts'
import { buildFault } from '../../../../../../runtime/engines/docker/images/build-faults.ts'
import { BuildSteps } from '../../../../../../runtime/engines/docker/images/build-steps.ts'
import { parseIgnoreRules } from '../../../../../../runtime/engines/docker/images/ignore-rules.ts'
import { LayerProgress } from '../../../../../../runtime/engines/docker/images/layer-progress.ts'
import { answeredError, readMessages } from '../../../../../../runtime/engines/docker/images/message-stream.ts'

describe('ignore rules', () => {
  const rules = parseIgnoreRules('\uFEFF# comment\n\nnode_modules\r\n*.log\n/build/\n!build/keep.txt\ndocs\n!docs/**/*.md\nA.txt\n')

  test.each([
    ['node_modules', true],
    ['node_modules/x/index.js', true],
    ['src/node_modules', false],
    ['a.log', true],
    ['deep/a.log', false],
    ['build', true],
    ['build/other.txt', true],
    ['build/keep.txt', false],
    ['docs/a.txt', true],
    ['docs/deep/a.md', false],
    ['# comment', false],
    ['a.txt', false],
    ['A.txt', true],
  ])('%s: %s', (path, ignored) => {
    expect(rules.ignores(path)).toBe(ignored)
  })

  test('only directories that no exception can lead into are passed over', () => {
    expect(['node_modules', 'build', 'build/deep', 'docs', 'docs/deep'].map((path) => rules.prunes(path))).toEqual([
      true,
      false,
      true,
      false,
      false,
    ])
    expect(parseIgnoreRules('*\n!**/*.ts\n').prunes('src')).toBe(false)
    expect(parseIgnoreRules('*\n!./src\n').prunes('src')).toBe(false)
    expect(parseIgnoreRules('*\n!source\n').prunes('src')).toBe(true)
  })
})

describe('bases of a Dockerfile', () => {
  test.each([
    ['FROM node', ['docker.io']],
    ['FROM example.com/base:1 AS one\nFROM one\nCOPY --from=one /a /b', ['example.com']],
    ['FROM --platform=linux/amd64 example.com/base', ['example.com']],
    ['ARG BASE=example.com/base\nFROM ${BASE}:1', ['example.com']],
    ['ARG HOST\nFROM $HOST/base', ['given.example.com']],
    ['FROM ${MISSING:-other.example.com/x}', ['other.example.com']],
    ['FROM ${UNKNOWN}/base', ['docker.io']],
    ['FROM scratch\nCOPY --chown=1 --from=tools.example.com/x /a /b', ['tools.example.com']],
    ['FROM a\nCOPY --from=0 /a /b', ['docker.io']],
    ['FROM \\\n  example.com/base', ['example.com']],
    ['# FROM commented.example.com/x\nFROM node', ['docker.io']],
  ])('%j', (recipe, registries) => {
    expect([...baseRegistries(recipe, { HOST: 'given.example.com' })]).toEqual(registries)
  })

  test('a name is filled in as the builder does', () => {
    const build = { recipe: 'ARG TAG="1"\nARG NAME=base\nFROM x', args: { TAG: '2' } }
    expect(resolveBase('example.com/${NAME}:$TAG', build)).toBe('example.com/base:2')
  })
})

describe('output of a build', () => {
  const record = (steps: BuildSteps, ...pieces: readonly string[]): readonly (string | undefined)[] =>
    pieces.map((stream) => steps.record({ stream }))

  test('comes in pieces, and only the step that is under way and its last lines are kept', () => {
    const steps = new BuildSteps(2)
    expect(record(steps, 'Step 1/5 : FROM a', '\n', ' ---> 0123\n', 'Step 2/5 : RUN x\n')).toEqual([undefined, 'step', undefined, 'step'])
    expect(record(steps, ' ---> Running in 4aa5\n', 'li', 'ne 1\nline 2\n\u001b[91mred\n\u001b[0m', '10%\r100%\n')).toEqual([
      undefined,
      undefined,
      'line',
      'line',
    ])
    expect(steps.current).toEqual({ number: '2/3', instruction: 'RUN x', lines: ['line 1', 'line 2', 'red', '100%'] })
    record(steps, Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join(''))
    expect(steps.current?.lines).toHaveLength(20)
    expect(steps.current?.lines.at(-1)).toBe('line 49')
    // Our own labels are no steps of the user.
    expect(record(steps, 'Step 4/5 : LABEL io.minipaas.role=image\n')).toEqual([undefined])
    expect(steps.current?.number).toBe('2/3')
  })

  test('of Podman counts labels not', () => {
    const steps = new BuildSteps(2)
    expect(record(steps, 'STEP 3/3: RUN x\n')).toEqual(['step'])
    expect(steps.current).toMatchObject({ number: '3/3', instruction: 'RUN x' })
  })
})

describe('a failed build', () => {
  const failure = { ref: 'web:1', recipe: 'FROM a\nRUN x', args: {}, withCredentials: false }
  const step = { number: '2/3', instruction: 'RUN x', lines: ['one', 'two'] }

  test('says where, with what code and after which lines', () => {
    const { fault } = buildFault({ ...failure, step, said: "The command '/bin/sh -c x' returned a non-zero code: 7" })
    expect(fault).toMatchObject({
      code: 'MP4310',
      retry: 'never',
      message: 'the build of web:1 failed at step 2/3, RUN x with exit code 7; its last lines:\none\ntwo',
    })
    expect(buildFault({ ...failure, said: 'no such target' }).fault.message).toBe('image web:1 cannot be built: no such target')
  })

  test('names the base that is missing', () => {
    const base = { number: '1/3', instruction: 'FROM --platform=x example.com/base:$TAG AS one', lines: [] }
    const recipe = 'ARG TAG=9\nFROM example.com/base:$TAG'
    const { fault } = buildFault({ ...failure, recipe, step: base, said: 'manifest unknown' })
    expect(fault).toMatchObject({ code: 'MP4301', kind: 'not-found' })
    expect(fault.message).toContain('image web:1 cannot be built, because its base is missing: example.com has no image example.com/base:9')
  })

  test.each([
    ['the --mount option requires BuildKit. Refer to ...', 'RUN --mount=type=cache x'],
    ['dockerfile parse error line 2: Unknown flag: link', 'COPY --link a b'],
    ['dockerfile parse error line 3: unknown instruction: ECHO', 'FROM a\nRUN <<EOF\necho\nEOF'],
  ])('%j tells of BuildKit', (said, recipe) => {
    expect(buildFault({ ...failure, recipe, said }).fault.code).toBe('MP4312')
  })

  test('an unknown instruction without a here-document is a mistake', () => {
    expect(buildFault({ ...failure, said: 'dockerfile parse error line 2: unknown instruction: FETCH' }).fault.code).toBe('MP4310')
  })
})

describe('progress of a pull', () => {
  test('is the sum over the layers', () => {
    const sums = new LayerProgress()
    const seen: (readonly [boolean, number, number])[] = []
    const take = (id: string | undefined, status: string, current?: number, total?: number): void => {
      const progressDetail = current === undefined ? {} : { current, ...(total === undefined ? {} : { total }) }
      seen.push([sums.record({ ...(id === undefined ? {} : { id }), status, progressDetail }), sums.done, sums.total])
    }
    take('1.27', 'Pulling from library/nginx')
    take('a', 'Pulling fs layer')
    take('b', 'Already exists')
    take('a', 'Downloading', 10, 100)
    take('c', 'Downloading', 5, 50)
    take('a', 'Retrying in 5 seconds')
    take('a', 'Downloading', 100, 100)
    take('c', 'Download complete')
    take('c', 'Extracting', 1, 50)
    take('c', 'Pull complete')
    take(undefined, 'Digest: sha256:0')
    expect(seen).toEqual([
      [false, 0, 0],
      [false, 0, 0],
      [false, 0, 0],
      [true, 10, 100],
      [true, 15, 150],
      [true, 5, 150],
      [true, 105, 150],
      [true, 150, 150],
      [false, 150, 150],
      [false, 150, 150],
      [false, 150, 150],
    ])
  })
})

describe('messages of the engine', () => {
  async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text, 'latin1')
  }
  const all = async (source: AsyncIterable<unknown>, signal = new AbortController().signal): Promise<readonly unknown[]> => {
    const messages: unknown[] = []
    for await (const message of readMessages(source, signal)) messages.push(message)
    return messages
  }

  test('are put together from pieces, within characters too', async () => {
    const text = Buffer.from('{"stream":"ü"}\r\n\n{"status":"x"}').toString('latin1')
    const cut = text.indexOf('Ã') + 1
    expect(await all(pieces(text.slice(0, cut), text.slice(cut)))).toEqual([{ stream: 'ü' }, { status: 'x' }])
  })

  test('that break off are an error, or the reason of who gave up', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"status":"x"}\n')
      throw new Error('aborted')
    }
    await expect(all(broken())).rejects.toThrow('aborted')
    const stop = new AbortController()
    stop.abort(new Error('no longer wanted'))
    await expect(all(broken(), stop.signal)).rejects.toThrow('no longer wanted')
  })

  test('the words of the engine are found in an error of the SDK', () => {
    const error = Object.assign(new Error('(HTTP code 500) server error - no such - thing '), { statusCode: 500 })
    expect(answeredError(error)).toBe('no such - thing')
    expect(answeredError(new Error('connect ECONNREFUSED'))).toBeUndefined()
  })
})
