import { expect, test } from '@jest/globals'
import { ModelWatch } from '../../../src/control/model-watch.ts'
import type { ApplyOrder } from '../../../src/wire/requests.ts'

const order = (name: string): ApplyOrder => ({ directory: name, files: [], envFiles: [], components: [], build: true }) as never

class Watches {
  readonly open = new Map<number, () => void>()
  #next = 0

  watch(_paths: readonly string[], changed: () => void): Disposable {
    const id = this.#next++
    this.open.set(id, changed)
    return { [Symbol.dispose]: () => this.open.delete(id) }
  }

  get ids(): readonly number[] {
    return [...this.open.keys()]
  }
}

test('the same files are watched on, for the last order; others, and those that changed, are watched anew', () => {
  const watches = new Watches()
  const applied: string[] = []
  const follow = new ModelWatch(watches, ({ directory }) => void applied.push(directory))
  follow.follow(['shop'], order('first'), ['/a', '/b'])
  follow.follow(['shop'], order('second'), ['/a', '/b'])
  expect(watches.ids).toEqual([0])
  watches.open.get(0)?.()
  expect(applied).toEqual(['second'])
  follow.follow(['shop'], order('second'), ['/a', '/b'])
  expect(watches.ids).toEqual([1])
  follow.follow(['shop'], order('third'), ['/a'])
  expect(watches.ids).toEqual([2])
  follow.keep(new Set())
  expect(watches.ids).toEqual([])
})
