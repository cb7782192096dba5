import { describe, expect, test } from '@jest/globals'
import { makeArchive } from '../../../../../../runtime/engines/docker/pod/archive.ts'
import { volumeEntries } from '../../../../../../runtime/engines/docker/pod/files.ts'
import { containerMounts, insidePath } from '../../../../../../runtime/engines/docker/pod/mounts.ts'
import type { ReplicaSpec } from '../../../../../../src/model/engine.ts'
import type { Mount, Volume } from '../../../../../../src/model/pod.ts'
import { aComponent, aContainer, anOrigin, aReplicaId, aRevision } from '../../../../../kit/builders.ts'
import { readArchive } from '../../../../../kit/docker/tar-content.ts'

function volume(name: string, source: Volume['source']): Volume {
  return { name, source, origin: anOrigin('volumes', name) }
}

const volumes = [
  volume('data', { type: 'named', claim: 'data' }),
  volume('fast', { type: 'empty', medium: 'memory' }),
  volume('host', { type: 'bind', path: '/srv/host' }),
  volume('keys', { type: 'secret', name: 'keys', mode: 0o400 }),
]
const places = new Map([
  ['data', { name: 'env-data', directory: '/engine/data' }],
  ['fast', { name: 'env-fast', directory: '' }],
  ['fast/part', { name: 'env-fast_part', directory: '' }],
  ['keys', { name: 'env-keys', directory: '/engine/keys' }],
])

function mountsOf(...mounts: readonly Partial<Mount>[]): ReturnType<typeof containerMounts> {
  const all = mounts.map((mount) => ({ volume: 'data', path: '/at', readOnly: false, ...mount }))
  return containerMounts(aContainer('web', { mounts: all }), volumes, places)
}

describe('mounts', () => {
  test('a volume as a whole, empty at first', () => {
    const whole = { Type: 'volume', Source: 'env-data', Target: '/at', ReadOnly: false, VolumeOptions: { NoCopy: true } }
    expect(mountsOf({})).toEqual({ mounts: [whole], binds: [] })
    expect(mountsOf({ subPath: '' })).toEqual({ mounts: [whole], binds: [] })
    expect(mountsOf({ readOnly: true }).mounts).toEqual([{ ...whole, ReadOnly: true }])
  })

  test('a part of a volume as a directory of the engine’s machine', () => {
    expect(mountsOf({ subPath: 'a/./b/' }, { subPath: 'c', readOnly: true, path: '/other' })).toEqual({
      mounts: [],
      binds: ['/engine/data/a/b:/at', '/engine/data/c:/other:ro'],
    })
  })

  test('a part of a volume in memory as a volume of its own', () => {
    expect(mountsOf({ volume: 'fast', subPath: 'part' }).mounts).toMatchObject([{ Source: 'env-fast_part' }])
  })

  test('a path of the machine, whole or in part', () => {
    expect(mountsOf({ volume: 'host' }, { volume: 'host', subPath: 'x', readOnly: true }).mounts).toEqual([
      { Type: 'bind', Source: '/srv/host', Target: '/at', ReadOnly: false },
      { Type: 'bind', Source: '/srv/host/x', Target: '/at', ReadOnly: true },
    ])
  })

  test('files of secrets cannot be written', () => {
    expect(mountsOf({ volume: 'keys' }).mounts).toMatchObject([{ ReadOnly: true }])
    expect(mountsOf({ volume: 'keys', subPath: 'token' }).binds).toEqual(['/engine/keys/token:/at:ro'])
  })

  test.each([
    ['a volume that is not there', { volume: 'none' }],
    ['a part outside its volume', { subPath: '../x' }],
    ['a part with a colon', { subPath: 'a:b' }],
  ])('%s is a fault', (_, mount) => {
    expect(() => mountsOf(mount)).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'MP4106' }) }))
  })

  test.each([
    ['a', 'a'],
    ['./a//b/', 'a/b'],
    ['.', '.'],
    ['..', undefined],
    ['a/../../b', undefined],
    ['/a', undefined],
    ['..a', '..a'],
  ])('%s stays inside as %s', (path, wanted) => {
    expect(insidePath(path)).toBe(wanted)
  })
})

describe('files', () => {
  const spec = (files: Readonly<Record<string, string>> | undefined): ReplicaSpec => ({
    ref: { owner: { environment: 'test', instance: '' }, id: aReplicaId('web', '1') },
    app: 'shop',
    revision: aRevision(aComponent('web'), '1'),
    ordinal: 0,
    restartToken: 0,
    sidecars: [],
    network: 'test',
    environmentOf: () => new Map(),
    filesOf: () => (files === undefined ? undefined : new Map(Object.entries(files))),
  })

  test('all of an object, with the volume’s mode', async () => {
    const entries = volumeEntries(spec({ a: '1', 'ü.txt': 'ü' }), volume('c', { type: 'config', name: 'app', mode: 0o640 }))
    expect(entries).toEqual([
      { type: 'file', name: 'a', mode: 0o640, content: '1' },
      { type: 'file', name: 'ü.txt', mode: 0o640, content: 'ü' },
    ])
    const archive = await makeArchive(entries)
    expect(
      await readArchive(
        (async function* () {
          yield archive
        })(),
      ),
    ).toEqual(
      new Map([
        ['a', '1'],
        ['ü.txt', 'ü'],
      ]),
    )
  })

  test('chosen keys at their paths, directories first', () => {
    const items = [
      { key: 'a', path: 'x/y/a' },
      { key: 'b', path: 'x/b', mode: 0o400 },
    ]
    const source = { type: 'secret', name: 'keys', mode: 0o444, items } as const
    expect(volumeEntries(spec({ a: '1', b: '2', c: '3' }), volume('s', source)).map(({ type, name, mode }) => [type, name, mode])).toEqual([
      ['directory', 'x', 0o755],
      ['directory', 'x/y', 0o755],
      ['file', 'x/y/a', 0o444],
      ['file', 'x/b', 0o400],
    ])
  })

  test.each([
    ['a missing object', undefined, [], /there is no config app/],
    ['a missing key', { a: '1' }, [{ key: 'b', path: 'b' }], /app has no key b/],
    ['a path that leads out', { a: '1' }, [{ key: 'a', path: '../a' }], /\.\.\/a leaves the volume/],
  ])('%s is a fault', (_, files, items, why) => {
    const source = { type: 'config', name: 'app', mode: 0o644, items } as const
    expect(() => volumeEntries(spec(files), volume('c', source))).toThrow(why)
  })
})
