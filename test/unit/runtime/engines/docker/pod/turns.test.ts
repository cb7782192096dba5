import { describe, expect, test } from '@jest/globals'
import { Starts } from '../../../../../../runtime/engines/docker/pod/starts.ts'
import { together } from '../../../../../../runtime/engines/docker/pod/together.ts'
import { Turns } from '../../../../../../runtime/engines/docker/pod/turns.ts'

class Gate {
  readonly opened: Promise<void>
  open: () => void = () => {}

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve
    })
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('turns', () => {
  test('work alone waits for all before it and keeps all after it', async () => {
    const turns = new Turns()
    const noted: string[] = []
    const gates = { a: new Gate(), b: new Gate(), stop: new Gate() }
    const work = (name: keyof typeof gates) => async () => {
      noted.push(`${name} begins`)
      await gates[name].opened
      noted.push(`${name} ends`)
    }
    const all = [
      turns.beside('web', 'a', work('a')),
      turns.beside('web', 'b', work('b')),
      turns.alone('web', work('stop')),
      turns.beside('web', 'a', async () => void noted.push('late')),
    ]
    await settle()
    expect(noted).toEqual(['a begins', 'b begins'])
    gates.a.open()
    await settle()
    expect(noted).toEqual(['a begins', 'b begins', 'a ends'])
    gates.b.open()
    await settle()
    expect(noted.slice(3)).toEqual(['b ends', 'stop begins'])
    gates.stop.open()
    await Promise.all(all)
    expect(noted.slice(5)).toEqual(['stop ends', 'late'])
  })

  test('work of one lane is in order, of another replica free, and a failure stops nobody', async () => {
    const turns = new Turns()
    const noted: number[] = []
    const gate = new Gate()
    const first = turns.beside('web', 'a', async () => {
      await gate.opened
      throw new Error('broken')
    })
    first.catch(() => {})
    const second = turns.beside('web', 'a', async () => noted.push(2))
    await turns.alone('other', async () => noted.push(1))
    gate.open()
    await expect(first).rejects.toThrow('broken')
    await second
    expect(noted).toEqual([1, 2])
    expect(await turns.alone('web', async () => 'result')).toBe('result')
  })
})

describe('starts', () => {
  test('are given up by name, or by their caller', async () => {
    const starts = new Starts()
    const begin = (key: string, signal: AbortSignal): Promise<string> =>
      starts.begin(
        key,
        signal,
        (either) => new Promise((resolve) => either.addEventListener('abort', () => resolve(String(either.reason)))),
      )
    const caller = new AbortController()
    const found = [begin('web', caller.signal), begin('other', caller.signal)]
    starts.giveUp('web')
    starts.giveUp('none')
    expect(await found[0]).toMatch(/the replica is being ended/)
    caller.abort('enough')
    expect(await found[1]).toBe('enough')
  })
})

test('a failure of one work is told when all are over', async () => {
  const gate = new Gate()
  let over = false
  const works = together([
    Promise.reject(new Error('broken')),
    gate.opened.then(() => {
      over = true
    }),
  ])
  works.catch(() => {})
  await settle()
  gate.open()
  await expect(works).rejects.toThrow('broken')
  expect(over).toBe(true)
  expect(await together([Promise.resolve(1), Promise.resolve('two')] as const)).toEqual([1, 'two'])
})

test('work alone waits for whoever holds, others do not', async () => {
  const turns = new Turns()
  const noted: string[] = []
  const release = turns.hold('web')
  const alone = turns.alone('web', async () => noted.push('alone'))
  await turns.beside('other', 'a', async () => noted.push('other'))
  await settle()
  expect(noted).toEqual(['other'])
  release()
  release()
  await alone
  expect(noted).toEqual(['other', 'alone'])
})
