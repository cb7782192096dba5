import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createSourceFiles } from '../../../../runtime/files/source-files.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

const files = createSourceFiles()

describe('source files', () => {
  test('are read as they are at the moment, without a byte order mark', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'app.yaml')
    writeFileSync(path, '\uFEFFname: größe\n')
    expect(await files.readText(path)).toBe('name: größe\n')
    writeFileSync(path, 'other\n')
    expect(await files.readText(path)).toBe('other\n')
  })

  test('what is not there is undefined: a file, a directory, a path through a file', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'app.yaml')
    expect(await files.readText(path)).toBeUndefined()
    expect(await files.list(path)).toBeUndefined()
    writeFileSync(path, 'x')
    expect(await files.readText(join(path, 'deeper'))).toBeUndefined()
    expect(await files.list(path)).toBeUndefined()
    expect(await files.readText(scratch.path)).toBeUndefined()
  })

  test('directories are listed in order, links as what they lead to', async () => {
    using scratch = scratchDirectory()
    mkdirSync(join(scratch.path, 'b'))
    writeFileSync(join(scratch.path, 'a.yaml'), '')
    symlinkSync(join(scratch.path, 'b'), join(scratch.path, 'c'))
    symlinkSync(join(scratch.path, 'nowhere'), join(scratch.path, 'd'))
    expect(await files.list(scratch.path)).toEqual([
      { name: 'a.yaml', directory: false },
      { name: 'b', directory: true },
      { name: 'c', directory: true },
      { name: 'd', directory: false },
    ])
  })

  test.each([
    ['a device', () => '/dev/zero', 'not a regular file'],
    [
      'bytes that are not UTF-8',
      (folder: string) => {
        writeFileSync(join(folder, 'latin1.yaml'), Buffer.from([0x67, 0x72, 0xf6]))
        return join(folder, 'latin1.yaml')
      },
      'not UTF-8',
    ],
  ])('%s cannot be read', async (_name, make, why) => {
    using scratch = scratchDirectory()
    const reading = files.readText(make(scratch.path))
    await expect(reading).rejects.toMatchObject({ fault: { code: 'MP8053', message: expect.stringContaining(why) } })
  })
})
