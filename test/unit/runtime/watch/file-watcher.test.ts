import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { systemClock } from '../../../../runtime/time/system-clock.ts'
import { createFileWatcher } from '../../../../runtime/watch/file-watcher.ts'
import { silentLogger } from '../../../../src/kernel/logger.ts'
import { eventually } from '../../../kit/eventually.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

const watcher = createFileWatcher({ clock: systemClock, logger: silentLogger })

/** Counts callbacks; `next` resolves with the first one after the action. */
function countChanges(paths: readonly string[]) {
  let count = 0
  const watching = watcher.watch(paths, () => {
    count++
  })
  return {
    get count() {
      return count
    },
    async next(act: () => void): Promise<void> {
      const before = count
      act()
      await eventually(() => (count > before ? true : undefined), 5000)
    },
    [Symbol.dispose]: () => watching[Symbol.dispose](),
  }
}

const quiet = () => systemClock.sleep(250)

describe('the file watcher', () => {
  test.each([
    ['a write in place', (file: string) => appendFileSync(file, 'more\n')],
    [
      'a save by renaming',
      (file: string) => {
        writeFileSync(`${file}.swp`, 'new text\n')
        renameSync(`${file}.swp`, file)
      },
    ],
    [
      'a save that moves the old file away first',
      (file: string) => {
        renameSync(file, `${file}~`)
        writeFileSync(file, 'new text\n')
      },
    ],
    ['a removal', (file: string) => rmSync(file)],
  ])('sees %s', async (_name, act) => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'app.yaml')
    writeFileSync(file, 'old\n')
    using changes = countChanges([file])
    await changes.next(() => act(file))
  })

  test('keeps seeing a file that is replaced again and again', async () => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'app.yaml')
    writeFileSync(file, 'old\n')
    using changes = countChanges([file])
    for (let round = 0; round < 5; round++) {
      await changes.next(() => {
        writeFileSync(`${file}.tmp`, `round ${round}\n`)
        renameSync(`${file}.tmp`, file)
      })
      await quiet()
    }
  })

  test('sees a file that does not exist yet, and one whose directory does not', async () => {
    using scratch = scratchDirectory()
    const near = join(scratch.path, 'minipaas.yaml')
    const far = join(scratch.path, 'deep', 'er', 'app.yaml')
    using changes = countChanges([near, far])
    await quiet()
    await changes.next(() => writeFileSync(near, 'x\n'))
    await quiet()
    await changes.next(() => mkdirSync(join(scratch.path, 'deep')))
  })

  test('sees entries of a directory come and go, and nothing below them', async () => {
    using scratch = scratchDirectory()
    const below = join(scratch.path, 'node_modules')
    mkdirSync(below)
    writeFileSync(join(scratch.path, 'a.yaml'), 'a\n')
    using changes = countChanges([scratch.path])
    await quiet()
    await changes.next(() => writeFileSync(join(scratch.path, 'b.yaml'), 'b\n'))
    await quiet()
    const before = changes.count
    writeFileSync(join(below, 'package.json'), '{}')
    await quiet()
    expect(changes.count).toBe(before)
    await changes.next(() => writeFileSync(join(scratch.path, 'a.yaml'), 'changed\n'))
  })

  test('does not call for neighbours of a watched file, and not after disposal', async () => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'app.yaml')
    writeFileSync(file, 'old\n')
    const changes = countChanges([file])
    await quiet()
    writeFileSync(join(scratch.path, 'other.yaml'), 'x\n')
    await quiet()
    expect(changes.count).toBe(0)
    changes[Symbol.dispose]()
    appendFileSync(file, 'more\n')
    await quiet()
    expect(changes.count).toBe(0)
  })

  test('makes one call of a burst', async () => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'app.yaml')
    writeFileSync(file, 'old\n')
    using changes = countChanges([file])
    await quiet()
    await changes.next(() => {
      for (let index = 0; index < 20; index++) appendFileSync(file, `${index}\n`)
    })
    await quiet()
    expect(changes.count).toBe(1)
  })
})
