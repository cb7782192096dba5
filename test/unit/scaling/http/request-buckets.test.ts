import { expect, test } from '@jest/globals'
import { emptyRequestBuckets, type RequestBuckets, recordRequests, requestRate } from '../../../../src/scaling/http/request-buckets.ts'

const startMs = 1_719_403_200_000

type Step = readonly [secondsFromStart: number, count: number | undefined, rate: number]

/** Records what is given at each second, then reads the rate at that second. */
function play(empty: RequestBuckets, steps: readonly Step[]): number[] {
  let buckets = empty
  return steps.map(([second, count]) => {
    const atMs = startMs + second * 1000
    if (count !== undefined) buckets = recordRequests({ buckets, atMs, count }).buckets
    return requestRate({ buckets, nowMs: atMs }).rate
  })
}

const fiveSeconds = { windowMs: 5000, granularityMs: 1000 }

test.each<[string, { windowMs?: number; granularityMs?: number }, Step[]]>([
  ['nothing recorded', fiveSeconds, [[0, undefined, 0]]],
  [
    'only buckets since the first write count',
    fiveSeconds,
    [
      [0, 1, 1],
      [1, 2, 1.5],
      [2, 3, 2],
      [3, 4, 2.5],
      [4, 5, 3],
      // the first bucket has gone: (2 + 3 + 4 + 5) / 5
      [5, undefined, 2.8],
      [6, undefined, 2.4],
      [7, 8, 3.4],
    ],
  ],
  [
    'silence takes buckets out, the divisor stays, a whole window is 0',
    fiveSeconds,
    [
      [0, 10, 10],
      [1, 20, 15],
      [2, undefined, 15],
      [3, undefined, 15],
      [4, undefined, 15],
      // second 0 has gone, two buckets since the first write remain the divisor
      [5, undefined, 10],
      [6, undefined, 0],
    ],
  ],
  [
    'after a window of silence it starts anew',
    fiveSeconds,
    [
      [0, 10, 10],
      [5, 4, 4],
    ],
  ],
  [
    'one second short of it does not',
    fiveSeconds,
    [
      [0, 10, 10],
      [4, 4, 2.8],
    ],
  ],
  [
    'three decimals',
    fiveSeconds,
    [
      [0, 1, 1],
      [2, 0, 0.333],
    ],
  ],
  [
    'within one bucket',
    fiveSeconds,
    [
      [0, 1, 1],
      [0.4, 2, 3],
      [0.999, 3, 6],
    ],
  ],
  [
    'a coarser bucket holds all its seconds',
    { windowMs: 10_000, granularityMs: 5000 },
    [
      [0, 4, 4],
      [4, 6, 10],
      [5, 2, 6],
    ],
  ],
  [
    'one minute and one second by default',
    {},
    [
      [0, 60, 60],
      [59, 60, 2],
      [60, undefined, 1],
    ],
  ],
])('%s', (_, size, steps) => {
  expect(play(emptyRequestBuckets(size), steps)).toEqual(steps.map(([, , rate]) => rate))
})

test('late requests are added inside the window and dropped outside', () => {
  let { buckets } = recordRequests({ buckets: emptyRequestBuckets(fiveSeconds), atMs: startMs, count: 1984 })
  buckets = recordRequests({ buckets, atMs: startMs - 3000, count: 4 }).buckets
  // the first write moves back by three seconds
  expect(requestRate({ buckets, nowMs: startMs }).rate).toBe(497)
  buckets = recordRequests({ buckets, atMs: startMs + 1000, count: 5 }).buckets
  expect(requestRate({ buckets, nowMs: startMs + 1000 }).rate).toBe(398.6)
  buckets = recordRequests({ buckets, atMs: startMs - 4000, count: 500 }).buckets
  expect(requestRate({ buckets, nowMs: startMs + 1000 }).rate).toBe(398.6)
})

test('reading at an earlier time than the last write gives the same', () => {
  const { buckets } = recordRequests({ buckets: emptyRequestBuckets(fiveSeconds), atMs: startMs, count: 7 })
  expect(requestRate({ buckets, nowMs: startMs - 2500 }).rate).toBe(7)
})

test('empty is more than a window after the last write', () => {
  const { buckets } = recordRequests({ buckets: emptyRequestBuckets(fiveSeconds), atMs: startMs, count: 7 })
  expect(requestRate({ buckets, nowMs: startMs + 5000 })).toEqual({ rate: 0, empty: false })
  expect(requestRate({ buckets, nowMs: startMs + 6000 })).toEqual({ rate: 0, empty: true })
  expect(requestRate({ buckets: emptyRequestBuckets({}), nowMs: startMs })).toEqual({ rate: 0, empty: true })
})

test('what was recorded before is left as it was', () => {
  const first = recordRequests({ buckets: emptyRequestBuckets(fiveSeconds), atMs: startMs, count: 1 }).buckets
  const frozen = JSON.stringify(first)
  recordRequests({ buckets: recordRequests({ buckets: first, atMs: startMs, count: 1 }).buckets, atMs: startMs + 1000, count: 1 })
  expect(JSON.stringify(first)).toBe(frozen)
})

test('a further request in the newest bucket copies no ring', () => {
  const first = recordRequests({ buckets: emptyRequestBuckets({}), atMs: startMs, count: 1 }).buckets
  expect(recordRequests({ buckets: first, atMs: startMs + 999, count: 1 }).buckets.buckets).toBe(first.buckets)
  expect(recordRequests({ buckets: first, atMs: startMs + 1000, count: 1 }).buckets.buckets).not.toBe(first.buckets)
})

test('half-second buckets', () => {
  const steps: Step[] = [
    [0, 4, 4],
    [0.5, 2, 3],
    [1, undefined, 1],
  ]
  expect(play(emptyRequestBuckets({ windowMs: 1000, granularityMs: 500 }), steps)).toEqual([4, 3, 1])
})
