import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readLines } from '../../../../runtime/engines/process/log-lines.ts'
import { LogStream } from '../../../../runtime/engines/process/log-stream.ts'
import { instant } from '../../../../src/kernel/instant.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'minipaas-lines-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

test('a reader with an end is not kept by a writer that is faster', async () => {
  const path = join(directory, 'out')
  const stream = new LogStream({ container: 'web', source: 'app', stream: 'out', path, index: `${path}.index` })
  const now = () => instant(1)
  await appendFile(path, 'one\ntwo\nthr')
  stream.poll(now())
  const until = { generation: stream.generation, offset: stream.seen }
  const from = { generation: stream.generation, offset: 0 }
  const lines = readLines(stream, { from, until, atEnd: 'finish', signal: new AbortController().signal, now })
  await appendFile(path, 'ee\nfour\n')
  const texts: string[] = []
  let next = await lines.next()
  for (; next.done !== true; next = await lines.next()) {
    texts.push(next.value.text)
    await appendFile(path, 'more\n')
    stream.poll(now())
  }
  expect(texts).toEqual(['one', 'two', 'three'])
  expect(next.value).toEqual({ generation: 0, offset: 'one\ntwo\nthree\n'.length })
  await stream.flush()
})
