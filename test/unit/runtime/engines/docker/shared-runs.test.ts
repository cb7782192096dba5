import { expect, test } from '@jest/globals'
import { SharedRuns } from '../../../../../runtime/engines/docker/shared-runs.ts'

/** Work that is done when told so, and that tells how often it was begun. */
function openWork() {
  const begun: AbortSignal[] = []
  const ends: ((value: string) => void)[] = []
  const work = (signal: AbortSignal): Promise<string> => {
    begun.push(signal)
    return new Promise((resolve, reject) => {
      ends.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  }
  return { begun, work, end: (value: string) => ends.at(-1)?.(value) }
}

const never = new AbortController().signal

test('who asks meanwhile gets the same result, who asks later a new one', async () => {
  const runs = new SharedRuns<string>()
  const { begun, work, end } = openWork()
  const both = Promise.all([runs.run('a', never, work), runs.run('a', never, work)])
  end('done')
  expect(await both).toEqual(['done', 'done'])
  expect(begun).toHaveLength(1)
  const later = runs.run('a', never, work)
  end('again')
  expect(await later).toBe('again')
  const other = Promise.all([runs.run('b', never, work), runs.run('c', never, async () => 'own')])
  end('other')
  expect(await other).toEqual(['other', 'own'])
})

test('a failure is for everybody who waits', async () => {
  const runs = new SharedRuns<string>()
  const fail = async (): Promise<string> => {
    throw new Error('no')
  }
  const results = await Promise.allSettled([runs.run('a', never, fail), runs.run('a', never, fail)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await runs.run('a', never, async () => 'yes')).toBe('yes')
})

test('who gives up leaves the others alone; with the last one the work ends', async () => {
  const runs = new SharedRuns<string>()
  const { begun, work } = openWork()
  const [first, second] = [new AbortController(), new AbortController()]
  const waiting = Promise.allSettled([runs.run('a', first.signal, work), runs.run('a', second.signal, work)])
  first.abort(new Error('enough'))
  expect(begun[0]?.aborted).toBe(false)
  second.abort(new Error('also enough'))
  const reasons = (await waiting).map((result) => (result.status === 'rejected' ? String(result.reason) : result.status))
  expect(reasons).toEqual(['Error: enough', 'Error: also enough'])
  expect(begun[0]?.aborted).toBe(true)
  expect(await runs.run('a', never, async () => 'new')).toBe('new')
  await expect(runs.run('a', first.signal, work)).rejects.toThrow('enough')
})
