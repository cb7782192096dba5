import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { eventually } from '../kit/eventually.ts'
import { ExternalScaler } from '../kit/meters/external-scaler.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'

let scaler: ExternalScaler
let meters: MetersProcess
let scalerAddress: string

beforeEach(async () => {
  scaler = new ExternalScaler()
  scalerAddress = `127.0.0.1:${await scaler.listen()}`
  meters = new MetersProcess()
})
afterEach(async () => {
  await meters[Symbol.asyncDispose]()
  await scaler[Symbol.asyncDispose]()
})

describe('external', () => {
  test('tells all metrics with their targets, and the activity', async () => {
    scaler.answers = {
      active: true,
      specs: [
        { name: 'exact', old: 9n, exact: 2.5 },
        { name: 'old', old: 7n },
      ],
      values: { exact: [{ old: 1n, exact: 0.5 }, { exact: 1 }], old: [{ old: -3n }] },
    }
    const id = meters.announce('external', { scalerAddress, city: 'Graz', tlsClientKey: '' })
    expect(await meters.readOne(id)).toEqual({
      active: true,
      metrics: [
        { name: 'exact', target: 2.5, value: 1.5 },
        { name: 'old', target: 7, value: -3 },
      ],
    })
    expect(scaler.heard[0]).toEqual({
      method: 'GetMetricSpec',
      name: 'shop',
      namespace: 'default',
      metadata: { scalerAddress, city: 'Graz' },
    })
  })

  test('tells the value of the only metric', async () => {
    scaler.answers = { active: false, specs: [{ name: 'a', exact: 1 }], values: { a: [{ exact: 4 }] } }
    const id = meters.announce('external', { scalerAddress })
    expect(await meters.readOne(id)).toEqual({ active: false, value: 4, metrics: [{ name: 'a', target: 1, value: 4 }] })
  })

  test('says that nobody is there, and finds the scaler once it is', async () => {
    await scaler[Symbol.asyncDispose]()
    const id = meters.announce('external', { scalerAddress })
    expect((await meters.readOne(id)).error).toMatch(/GetMetricSpec: .*ECONNREFUSED/)
    scaler = new ExternalScaler()
    await scaler.listen(Number(scalerAddress.split(':')[1]))
    scaler.answers = { active: true, specs: [{ name: 'a', exact: 1 }], values: { a: [{ exact: 4 }] } }
    expect((await meters.readOne(id)).value).toBe(4)
  })
})

describe('external-push', () => {
  const active = () => meters.messages.filter(({ type }) => type === 'active')

  test('passes on that the scaler became active, and nothing else', async () => {
    const id = meters.announce('external-push', { scalerAddress })
    await eventually(() => (scaler.streams.size === 1 ? true : undefined))
    scaler.report(false)
    scaler.report(true)
    await eventually(() => (active().length === 1 ? true : undefined))
    expect(active()).toEqual([{ type: 'active', trigger: id }])
  })

  test('opens a stream again that has ended', async () => {
    meters.announce('external-push', { scalerAddress })
    await eventually(() => (scaler.streams.size === 1 ? true : undefined))
    for (const stream of scaler.streams) stream.end()
    scaler.streams.clear()
    await eventually(() => (scaler.streams.size === 1 ? true : undefined))
  })

  test('ends the stream of a trigger that is gone', async () => {
    meters.announce('external-push', { scalerAddress })
    await eventually(() => (scaler.streams.size === 1 ? true : undefined))
    meters.say({ type: 'triggers', triggers: [] })
    await eventually(() => (scaler.streams.size === 0 ? true : undefined))
  })
})
