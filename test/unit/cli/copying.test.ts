import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { pack } from 'tar-stream'
import { parsePlace } from '../../../src/cli/copy/place.ts'
import { FaultError } from '../../../src/kernel/fault.ts'
import { callCli } from '../../kit/cli-run.ts'
import { ContainerFiles } from '../../kit/container-files.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

let scratch: ReturnType<typeof scratchDirectory>
let daemon: ScriptedDaemon
let inside: string
let outside: string

beforeEach(async () => {
  scratch = scratchDirectory()
  inside = join(scratch.path, 'inside')
  outside = join(scratch.path, 'outside')
  for (const directory of [inside, outside]) mkdirSync(directory)
  daemon = await ScriptedDaemon.open([applicationView([componentView('web'), componentView('api')])])
  daemon.replicaAccess.files = new ContainerFiles(inside)
})
afterEach(async () => {
  await daemon[Symbol.asyncDispose]()
  scratch[Symbol.dispose]()
})

const cp = (...args: string[]) => callCli(['cp', ...args], { home: daemon.home, cwd: outside })

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

const read = (root: string, name: string): string | undefined =>
  existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : undefined

describe('where a copy comes from and goes to', () => {
  test.each([
    ['web:/app/log', { component: 'web', path: '/app/log' }],
    ['web:app/log', { component: 'web', path: '/app/log' }],
    ['web#2:/app/../log/', { component: 'web', ordinal: 2, path: '/log' }],
    ['web:proxy:/etc', { component: 'web', container: 'proxy', path: '/etc' }],
    ['orders.staging#0:proxy:etc/x', { component: 'orders.staging', ordinal: 0, container: 'proxy', path: '/etc/x' }],
    ['web:/a:b', { component: 'web', path: '/a:b' }],
  ])('%s is in a container', (text, at) => {
    expect(parsePlace(text)).toMatchObject({ on: 'replica', at })
  })

  test.each(['/web:/x', './web:/x', '../a', 'notes', '#1:/x'])('%s is on this machine', (text) => {
    expect(parsePlace(text)).toEqual({ on: 'machine', path: text })
  })

  test('a drive is no component', () => {
    expect(parsePlace('C:\\notes', 'win32')).toMatchObject({ on: 'machine' })
    expect(parsePlace('C:\\notes', 'linux')).toMatchObject({ on: 'replica' })
  })

  test.each([
    [['a', 'b'], /neither the source nor the destination/],
    [['web:/a', 'api:/b'], /between two containers/],
    [['web:', '.'], /names no path/],
    [['wep:/a', '.'], /no component "wep"/],
  ])('%j is refused', async (args, message) => {
    expect(await cp(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })
})

describe('out of a container', () => {
  test.each([
    // source, destination, what is made
    ['web:/data/a', '.', { a: 'A' }],
    ['web:/data/a', 'b', { b: 'A' }],
    ['web:/data/a', 'dir', { 'dir/a': 'A' }],
    ['web:/data/a', 'old', { old: 'A' }],
    ['web:/data', '.', { 'data/a': 'A', 'data/sub/b': 'B' }],
    ['web:/data', 'dir', { 'dir/data/a': 'A', 'dir/data/sub/b': 'B' }],
    ['web:/data', 'new', { 'new/a': 'A', 'new/sub/b': 'B' }],
    ['web:/data/.', 'dir', { 'dir/a': 'A', 'dir/sub/b': 'B' }],
    ['web:/data/.', 'new', { 'new/a': 'A', 'new/sub/b': 'B' }],
  ])('%s to %s', async (from, to, made) => {
    write(inside, { 'data/a': 'A', 'data/sub/b': 'B' })
    write(outside, { 'dir/kept': 'kept', old: 'a longer text than A' })
    expect(await cp(from, to)).toMatchObject({ code: 0, stdout: '' })
    for (const [name, text] of Object.entries(made)) expect([name, read(outside, name)]).toEqual([name, text])
    expect(read(outside, 'dir/kept')).toBe('kept')
  })

  test.each([
    ['web:/data', 'old', /cannot copy the directory \/data over the file/],
    ['web:/data/a', 'none/', /there is no directory/],
    ['web:/data/a', 'none/b', /there is no directory/],
    ['web:/data/a/.', '.', /\/data\/a is not a directory/],
    ['web:/none', '.', /there is no \/none/],
  ])('%s to %s is refused', async (from, to, message) => {
    write(inside, { 'data/a': 'A' })
    write(outside, { old: 'kept' })
    const { code, stderr } = await cp(from, to)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(message)
    expect(read(outside, 'old')).toBe('kept')
  })

  test('modes, times and links are kept, and the answer says how much it was', async () => {
    write(inside, { 'data/run': '#!/bin/sh\n', 'data/sub/b': 'B' })
    chmodSync(join(inside, 'data/run'), 0o750)
    chmodSync(join(inside, 'data/sub'), 0o500)
    symlinkSync('run', join(inside, 'data/link'))
    const { code, stderr } = await cp('web:/data', 'copy')
    expect([code, stderr]).toEqual([0, 'copied 3 files (11 B) to copy\n'])
    expect(statSync(join(outside, 'copy/run')).mode & 0o777).toBe(0o750)
    expect(statSync(join(outside, 'copy/sub')).mode & 0o777).toBe(0o500)
    expect(readlinkSync(join(outside, 'copy/link'))).toBe('run')
    expect(Math.abs(statSync(join(outside, 'copy/run')).mtimeMs - statSync(join(inside, 'data/run')).mtimeMs)).toBeLessThan(1100)
    chmodSync(join(outside, 'copy/sub'), 0o700)
    chmodSync(join(inside, 'data/sub'), 0o700)
  })

  test('a link at the source is copied as a link, or with -L as what it leads to', async () => {
    write(inside, { 'data/a': 'A' })
    symlinkSync('data/a', join(inside, 'current'))
    expect(await cp('web:/current', 'one')).toMatchObject({ code: 0 })
    expect(readlinkSync(join(outside, 'one'))).toBe('data/a')
    expect(await cp('-L', 'web:/current', '.')).toMatchObject({ code: 0 })
    expect(read(outside, 'current')).toBe('A')
    expect(lstatSync(join(outside, 'current')).isSymbolicLink()).toBe(false)
  })

  test('as an archive on standard output', async () => {
    write(inside, { 'data/a': 'A' })
    const { code, stdout } = await cp('web#1:side:/data', '-')
    expect(code).toBe(0)
    writeFileSync(join(outside, 'files.tar'), stdout)
    expect(execFileSync('tar', ['-tf', join(outside, 'files.tar')], { encoding: 'utf8' })).toBe('data/\ndata/a\n')
    expect(daemon.callsOf('readArchive')).toEqual([{ component: 'web', ordinal: 1, container: 'side', path: '/data' }])
    expect(await callCli(['cp', 'web:/data', '-'], { home: daemon.home, terminal: 'yes' })).toMatchObject({ code: 2, stdout: '' })
  })

  test('a large file arrives whole', async () => {
    const text = 'x'.repeat(5 * 1024 * 1024 + 7)
    write(inside, { large: text })
    expect(await cp('web:/large', '.')).toMatchObject({ code: 0 })
    expect(read(outside, 'large') === text).toBe(true)
  })
})

describe('an archive that is up to something', () => {
  test.each([
    ['leads out by its name', [{ name: 'data/' }, { name: 'data/../../evil', text: 'x' }]],
    ['names something beside the source', [{ name: 'data/' }, { name: 'evil', text: 'x' }]],
    [
      'leads out through a link of its own',
      [{ name: 'data/' }, { name: 'data/door', linkname: '../..' }, { name: 'data/door/evil', text: 'x' }],
    ],
    [
      'links to a file that is elsewhere',
      [{ name: 'data/' }, { name: 'data/up', linkname: '..' }, { name: 'data/hard', hard: 'data/up/secret' }],
    ],
  ])('%s', async (_name, entries) => {
    write(scratch.path, { 'outside/secret': 's3cret' })
    daemon.replicaAccess.readArchive = async () => archiveOf(entries)
    const { code, stderr } = await cp('web:/data', 'new')
    expect(code).toBe(1)
    expect(stderr).toContain('MP8109')
    expect(existsSync(join(scratch.path, 'evil')) || existsSync(join(outside, 'evil')) || existsSync(join(outside, 'new/hard'))).toBe(false)
  })

  test('an existing link is replaced and not written through', async () => {
    write(outside, { 'new/data/kept': 'k', victim: 'untouched' })
    symlinkSync(join(outside, 'victim'), join(outside, 'new/data/a'))
    daemon.replicaAccess.readArchive = async () => archiveOf([{ name: 'data/' }, { name: 'data/a', text: 'x' }])
    expect(await cp('web:/data', 'new')).toMatchObject({ code: 0 })
    expect([read(outside, 'victim'), read(outside, 'new/data/a')]).toEqual(['untouched', 'x'])
  })

  test('what is no file is left out and named', async () => {
    daemon.replicaAccess.readArchive = async () => archiveOf([{ name: 'data/' }, { name: 'data/queue', fifo: true }])
    expect(await cp('web:/data', 'new')).toMatchObject({ code: 0, stderr: expect.stringContaining('no files: data/queue') })
  })

  test('one that breaks off is an error', async () => {
    daemon.replicaAccess.readArchive = async () => cutOff()
    const { code, stderr } = await cp('web:/data', 'new')
    expect(code).toBe(1)
    expect(stderr).toContain('broke off')
  })
})

describe('into a container', () => {
  test.each([
    ['a', 'web:/', { a: 'A' }],
    ['a', 'web:/b', { b: 'A' }],
    ['a', 'web:/dir', { 'dir/a': 'A' }],
    ['a', 'web:/dir/', { 'dir/a': 'A' }],
    ['a', 'web:/old', { old: 'A' }],
    ['data', 'web:/dir', { 'dir/data/b': 'B', 'dir/data/sub/c': 'C' }],
    ['data', 'web:/new', { 'new/b': 'B', 'new/sub/c': 'C' }],
    ['data/.', 'web:/dir', { 'dir/b': 'B', 'dir/sub/c': 'C' }],
    ['data/.', 'web:/new', { 'new/b': 'B', 'new/sub/c': 'C' }],
    ['a', 'web:/link', { 'dir/a': 'A' }],
  ])('%s to %s', async (from, to, made) => {
    write(outside, { a: 'A', 'data/b': 'B', 'data/sub/c': 'C' })
    write(inside, { 'dir/kept': 'kept', old: 'a longer text than A' })
    symlinkSync('dir', join(inside, 'link'))
    expect(await cp(from, to)).toMatchObject({ code: 0, stdout: '' })
    for (const [name, text] of Object.entries(made)) expect([name, read(inside, name)]).toEqual([name, text])
    expect(read(inside, 'dir/kept')).toBe('kept')
  })

  test.each([
    ['data', 'web:/old', /cannot copy the directory data over the file \/old/],
    ['a', 'web:/none/', /no directory \/none/],
    ['a', 'web:/none/b', /there is no directory \/none/],
    ['none', 'web:/', /no such file or directory: none/],
    ['a/', 'web:/', /a\/ is not a directory|no such file/],
  ])('%s to %s is refused', async (from, to, message) => {
    write(outside, { a: 'A', 'data/b': 'B' })
    write(inside, { old: 'kept' })
    const { code, stderr } = await cp(from, to)
    expect(code).not.toBe(0)
    expect(stderr.replaceAll(`${outside}/`, '')).toMatch(message)
  })

  test('modes and links are kept; a link at the source with -L not', async () => {
    write(outside, { 'data/run': '#!/bin/sh\n', empty: '' })
    chmodSync(join(outside, 'data/run'), 0o700)
    symlinkSync('run', join(outside, 'data/link'))
    symlinkSync('data/run', join(outside, 'current'))
    expect(await cp('data', 'web:/copy')).toMatchObject({ code: 0, stderr: 'copied 2 files (10 B) to web:/copy\n' })
    expect(statSync(join(inside, 'copy/run')).mode & 0o777).toBe(0o700)
    expect(readlinkSync(join(inside, 'copy/link'))).toBe('run')
    expect(await cp('-q', 'current', 'web:/as-link')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readlinkSync(join(inside, 'as-link'))).toBe('data/run')
    expect(await cp('-L', 'current', 'web:/as-file')).toMatchObject({ code: 0 })
    expect(read(inside, 'as-file')).toBe('#!/bin/sh\n')
    expect(await cp('empty', 'web:/')).toMatchObject({ code: 0 })
    expect(read(inside, 'empty')).toBe('')
  })

  test('an archive from standard input', async () => {
    write(outside, { 'data/b': 'B' })
    const archive = execFileSync('tar', ['-cf', '-', '-C', outside, 'data'], { encoding: 'latin1' })
    mkdirSync(join(inside, 'dir'))
    expect(await callCli(['cp', '-', 'web:/dir'], { home: daemon.home, stdin: archive })).toMatchObject({ code: 0 })
    expect(read(inside, 'dir/data/b')).toBe('B')
    expect(await callCli(['cp', '-', 'web:/none'], { home: daemon.home, stdin: archive })).toMatchObject({ code: 1 })
  })

  test('a large file arrives whole', async () => {
    const text = 'y'.repeat(5 * 1024 * 1024 + 7)
    write(outside, { large: text })
    expect(await cp('large', 'web:/')).toMatchObject({ code: 0 })
    expect(read(inside, 'large') === text).toBe(true)
  })

  test('what an engine refuses in the middle is told', async () => {
    write(outside, { large: 'z'.repeat(5 * 1024 * 1024) })
    daemon.replicaAccess.writeArchive = () => {
      daemon.refuseNext(503, { code: 'MP4004', message: 'the process engine copies no files', next: 'use the files here' })
      return Promise.resolve(daemon.called('writeArchive', 'refused'))
    }
    expect(await cp('large', 'web:/')).toMatchObject({ code: 4, stderr: expect.stringContaining('copies no files') })
  })
})

interface Made {
  readonly name: string
  readonly text?: string
  readonly linkname?: string
  readonly hard?: string
  readonly fifo?: boolean
}

/** An archive as nobody should make one. */
function archiveOf(entries: readonly Made[]): AsyncIterable<Uint8Array> {
  const archive = pack()
  for (const { name, text, linkname, hard, fifo } of entries) {
    if (fifo === true) archive.entry({ name, type: 'fifo' })
    else if (linkname !== undefined) archive.entry({ name, type: 'symlink', linkname })
    else if (hard !== undefined) archive.entry({ name, type: 'link', linkname: hard })
    else if (text !== undefined) archive.entry({ name }, text)
    else archive.entry({ name, type: 'directory' })
  }
  archive.finalize()
  return archive as unknown as AsyncIterable<Uint8Array>
}

async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield* take(archiveOf([{ name: 'data/' }, { name: 'data/a', text: 'x'.repeat(2_000_000) }]), 1_000_000)
  throw new FaultError({ kind: 'unavailable', code: 'MP4001', message: 'the engine went away', retry: 'soon' })
}

async function* take(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const piece of source) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}
