import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { WaitingLine } from '../../../../runtime/edge/waiting-line.ts'

const step = fc.oneof(
  fc.record({ does: fc.constant('add' as const), times: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ does: fc.constant('next' as const), times: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ does: fc.constant('leave' as const), at: fc.nat() }),
)

test('a waiting line is a list from which the first is taken and anybody may leave', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const line = new WaitingLine<number>()
      const model: number[] = []
      let count = 0
      for (const one of steps) {
        if (one.does === 'leave') {
          const who = model.length === 0 ? -1 : (model[one.at % model.length] ?? -1)
          line.leave(who)
          if (who >= 0) model.splice(model.indexOf(who), 1)
        } else {
          for (let turn = 0; turn < one.times; turn++) {
            if (one.does === 'next') expect(line.next()).toBe(model.shift())
            else {
              line.add(count)
              model.push(count++)
            }
          }
        }
        expect(line.size).toBe(model.length)
      }
    }),
    { numRuns: 100 },
  )
})
