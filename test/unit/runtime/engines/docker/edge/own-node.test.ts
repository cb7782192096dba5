import { symlinkSync, writeFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { extract } from 'tar-stream'
import { elfInterpreter } from '../../../../../../runtime/engines/docker/edge/elf-interpreter.ts'
import { archiveBuild, archiveOwnNode } from '../../../../../../runtime/engines/docker/edge/house-archives.ts'
import type { HousePrograms } from '../../../../../../runtime/engines/docker/edge/house-programs.ts'
import { collectOwnNode } from '../../../../../../runtime/engines/docker/edge/own-node.ts'
import { scratchDirectory } from '../../../../../kit/scratch.ts'

interface Layout {
  readonly width: 32 | 64
  readonly order: 'little' | 'big'
}

function programs(type: HousePrograms['type']): HousePrograms {
  const texts = { 'edge.js': 'edge', 'meters.js': 'meters', 'meters/redis.js': 'redis' }
  return { files: new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])), type, digest: 'd' }
}

/** The head of a program whose second segment names its loader. */
function elfHead({ width, order }: Layout, interpreter: string | undefined): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('\x7fELF', 'latin1')
  bytes[4] = width === 64 ? 2 : 1
  bytes[5] = order === 'little' ? 1 : 2
  const put = (at: number, size: 2 | 4 | 8, value: number): void => {
    const field = Buffer.alloc(size)
    if (order === 'little') field.writeUIntLE(value, 0, Math.min(size, 6))
    else field.writeUIntBE(value, size - Math.min(size, 6), Math.min(size, 6))
    field.copy(bytes, at)
  }
  const word = width === 64 ? 8 : 4
  const entry = width === 64 ? 56 : 32
  put(width === 64 ? 32 : 28, word, 64)
  put(width === 64 ? 54 : 42, 2, entry)
  put(width === 64 ? 56 : 44, 2, 2)
  const second = 64 + entry
  put(64, 4, 1)
  put(second, 4, interpreter === undefined ? 1 : 3)
  put(second + (width === 64 ? 8 : 4), word, 300)
  put(second + (width === 64 ? 32 : 16), word, (interpreter ?? '').length + 1)
  bytes.write(`${interpreter ?? ''}\0`, 300, 'latin1')
  return bytes
}

describe('the loader of a program', () => {
  test.each<Layout>([
    { width: 64, order: 'little' },
    { width: 64, order: 'big' },
    { width: 32, order: 'little' },
    { width: 32, order: 'big' },
  ])('is read from its head: $width bits, $order end first', async (layout) => {
    using folder = scratchDirectory()
    const path = `${folder.path}/program`
    writeFileSync(path, elfHead(layout, '/lib/ld-test.so.1'))
    expect(await elfInterpreter(path)).toBe('/lib/ld-test.so.1')
    writeFileSync(path, elfHead(layout, undefined))
    expect(await elfInterpreter(path)).toBeUndefined()
  })

  test('is not looked for in a script', async () => {
    using folder = scratchDirectory()
    writeFileSync(`${folder.path}/script`, '#!/bin/sh\n')
    await expect(elfInterpreter(`${folder.path}/script`)).rejects.toThrow('is no ELF program')
  })
})

const onLinux = process.platform === 'linux' ? test : test.skip

describe('a file system from this machine', () => {
  onLinux('has Node with its libraries, and says what is missing', async () => {
    using folder = scratchDirectory()
    const place = { nodePath: process.execPath, folders: [folder.path] }
    await expect(collectOwnNode(place)).rejects.toThrow('this machine has no program "ip"')
    for (const name of ['ip', 'sleep']) symlinkSync(process.execPath, `${folder.path}/${name}`)
    const { files, links } = await collectOwnNode(place)
    const node = await realpath(process.execPath)
    expect(files.get(node)).toBe(node)
    for (const name of ['ip', 'sleep']) expect(links.get(`/usr/local/bin/${name}`)).toBe(node)
    const interpreter = await elfInterpreter(node)
    if (interpreter === undefined) return
    expect(files.has(interpreter)).toBe(true)
    expect([...links.keys()].some((path) => path.startsWith('/lib/'))).toBe(true)
    expect([...links.keys()].filter((path) => files.has(path))).toEqual([])
  })

  test('is written with its folders first, links, and the programs', async () => {
    using folder = scratchDirectory()
    writeFileSync(`${folder.path}/node`, 'binary')
    const own = {
      files: new Map([['/opt/node/bin/node', `${folder.path}/node`]]),
      links: new Map([['/usr/local/bin/node', '/opt/node/bin/node']]),
    }
    const entries = await entriesOf(archiveOwnNode(own, programs('commonjs')))
    expect(entries.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'directory minipaas',
      'directory minipaas/meters',
      'directory opt',
      'directory opt/node',
      'directory opt/node/bin',
      'directory usr',
      'directory usr/local',
      'directory usr/local/bin',
      'directory tmp',
      'file opt/node/bin/node',
      'symlink usr/local/bin/node',
      'file minipaas/edge.js',
      'file minipaas/meters.js',
      'file minipaas/meters/redis.js',
      'file minipaas/package.json',
    ])
    expect(entries.map(({ text }) => text).filter((text) => text !== '')).toEqual([
      'binary',
      'edge',
      'meters',
      'redis',
      '{"type":"commonjs"}',
    ])
  })

  test('a library that goes away while it is read ends the archive with the reason', async () => {
    const own = { files: new Map([['/lib/x', '/there/is/no/such/file']]), links: new Map<string, string>() }
    await expect(entriesOf(archiveOwnNode(own, programs('module')))).rejects.toThrow('no such file')
  })
})

test('the context of a build has a recipe on top of the base', async () => {
  const entries = await entriesOf(archiveBuild('node:22-alpine', programs('module'), { a: 'b', c: 'd' }))
  expect(entries.map(({ name, text }) => [name, text])).toEqual([
    ['Dockerfile', 'FROM node:22-alpine\nCOPY programs/ /minipaas/\nLABEL a=b c=d\n'],
    ['programs', ''],
    ['programs/meters', ''],
    ['programs/edge.js', 'edge'],
    ['programs/meters.js', 'meters'],
    ['programs/meters/redis.js', 'redis'],
    ['programs/package.json', '{"type":"module"}'],
  ])
})

async function entriesOf(
  archive: NodeJS.ReadableStream,
): Promise<readonly { readonly name: string; readonly type: string; readonly text: string }[]> {
  const entries: { name: string; type: string; text: string }[] = []
  const reader = extract()
  const failed = new Promise<never>((_, reject) => {
    archive.on('error', reject)
  })
  archive.pipe(reader)
  const read = async (): Promise<void> => {
    for await (const entry of reader) {
      let text = ''
      for await (const chunk of entry) text += (chunk as Buffer).toString()
      entries.push({ name: entry.header.name, type: entry.header.type ?? 'file', text })
    }
  }
  await Promise.race([read(), failed])
  return entries
}
