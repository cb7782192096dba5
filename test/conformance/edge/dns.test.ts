import { Resolver as SystemResolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { eventually } from '../../kit/eventually.ts'
import { answerTo, aQuestion, DnsWorld, headOf, TestUpstream } from './dns-world.ts'
import { freePort } from './replica-server.ts'

const names = [
  { name: 'db.default.svc.cluster.local', addresses: ['10.0.8.9'] },
  { name: 'heads.default.svc.cluster.local', addresses: ['10.0.0.2', '10.0.0.3', '10.0.0.4'] },
  { name: 'many.default.svc.cluster.local', addresses: Array.from({ length: 60 }, (_, index) => `10.0.1.${index + 1}`) },
]
const AAAA = 28

function clientOf(world: DnsWorld): SystemResolver {
  const resolver = new SystemResolver()
  resolver.setServers([`127.0.0.1:${world.port}`])
  return resolver
}

describe('names of the cluster', () => {
  test('have their addresses, in any case, for a few seconds', async () => {
    using world = await DnsWorld.start(names)
    expect(await clientOf(world).resolve4('DB.default.svc.cluster.LOCAL', { ttl: true })).toEqual([{ address: '10.0.8.9', ttl: 5 }])
  })

  test('of several addresses begin with another one each time', async () => {
    using world = await DnsWorld.start(names)
    const client = clientOf(world)
    const first: (string | undefined)[] = []
    for (let count = 0; count < 3; count++) first.push((await client.resolve4('heads.default.svc.cluster.local'))[0])
    expect(first.sort()).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4'])
  })

  test('have no data of other types, so that a client goes on with what there is', async () => {
    using world = await DnsWorld.start(names)
    const client = clientOf(world)
    await expect(client.resolve6('db.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENODATA' })
    await expect(client.resolve4('default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENODATA' })
    const answer = await world.askUdp(aQuestion('db.default.svc.cluster.local', { type: AAAA, id: 513 }))
    expect(headOf(answer)).toEqual({ id: 513, rcode: 0, isCut: false, counts: [1, 0, 1, 0] })
  })

  test('that are not there do not exist, with a start of authority for how long that may be kept', async () => {
    using world = await DnsWorld.start(names)
    await expect(clientOf(world).resolve4('cache.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(headOf(await world.askUdp(aQuestion('cache.default.svc.cluster.local')))).toMatchObject({ rcode: 3, counts: [1, 0, 1, 0] })
  })

  test('follow the table', async () => {
    using world = await DnsWorld.start([])
    const client = clientOf(world)
    await expect(client.resolve4('db.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    world.serve(names)
    expect(await client.resolve4('db.default.svc.cluster.local')).toEqual(['10.0.8.9'])
  })

  test('whose addresses do not fit into a datagram are cut there and whole over TCP', async () => {
    using world = await DnsWorld.start(names)
    const question = aQuestion('many.default.svc.cluster.local')
    const short = await world.askUdp(question)
    expect(short.length).toBeLessThanOrEqual(512)
    expect(headOf(short)).toMatchObject({ isCut: true, counts: [1, 29, 0, 0] })
    const [long = Buffer.alloc(12)] = await world.askTcp(question)
    expect(headOf(long)).toMatchObject({ isCut: false, counts: [1, 60, 0, 0] })
    expect(await clientOf(world).resolve4('many.default.svc.cluster.local')).toHaveLength(60)
  })
})

describe('a lookup in vain', () => {
  test('is told once for each name and table, by the address of who asked', async () => {
    using world = await DnsWorld.start(names)
    const ask = (name: string, type = 1) => world.askUdp(aQuestion(name, { type }))
    for (const type of [1, AAAA, 1]) await ask('Cache.default.svc.cluster.local', type)
    await ask('other.default.svc.cluster.local')
    const told = (name: string) => ({ type: 'unknown-name', name: `${name}.default.svc.cluster.local`, client: '127.0.0.1' })
    expect(world.said).toEqual([told('cache'), told('other')])
    world.serve(names)
    await ask('cache.default.svc.cluster.local')
    expect(world.said.slice(2)).toEqual([told('cache')])
  })

  test('is not told of what the search path adds to names that are meant otherwise', async () => {
    using world = await DnsWorld.start(names)
    for (const name of [
      'www.example.com.default.svc.cluster.local',
      'cache.svc.cluster.local',
      'cache.cluster.local',
      '_grpclb._tcp.db.default.svc.cluster.local',
    ]) {
      expect(headOf(await world.askUdp(aQuestion(name)))).toMatchObject({ rcode: 3 })
    }
    expect(world.said).toEqual([])
  })
})

describe('other names', () => {
  test('are asked of the resolver of the system, under a number of its own', async () => {
    using upstream = await TestUpstream.start((message) => [answerTo(message, 0x8180, Buffer.from('whatever'))])
    using world = await DnsWorld.start(names, [upstream.place])
    const question = aQuestion('example.com', { id: 4711, type: AAAA })
    const answer = await world.askUdp(question)
    expect(headOf(answer)).toMatchObject({ id: 4711, rcode: 0 })
    expect(answer.toString('latin1', question.length)).toBe('whatever')
    expect(upstream.asked).toHaveLength(1)
    expect(upstream.asked[0]?.message.subarray(2)).toEqual(question.subarray(2))
    const ids = new Set<number>()
    for (let count = 0; count < 8; count++) {
      await world.askUdp(question)
      ids.add(upstream.asked.at(-1)?.message.readUInt16BE(0) ?? 0)
    }
    expect(ids.size).toBeGreaterThan(1)
  })

  test('fail at once where there is nobody to ask', async () => {
    using world = await DnsWorld.start(names)
    expect(headOf(await world.askUdp(aQuestion('example.com')))).toEqual({ id: 7, rcode: 2, isCut: false, counts: [1, 0, 0, 0] })
  })

  test('are asked of the next one when one does not listen, or does not answer', async () => {
    using silent = await TestUpstream.start(() => [])
    using upstream = await TestUpstream.start((message) => [answerTo(message)])
    const nobody = { address: '127.0.0.1', port: await freePort() }
    using world = await DnsWorld.start(names, [nobody, silent.place, upstream.place])
    expect(headOf(await world.askUdp(aQuestion('example.com')))).toMatchObject({ rcode: 0 })
    expect(silent.asked).toHaveLength(1)
  })

  test('believe no answer to another question, or with another number', async () => {
    using upstream = await TestUpstream.start((message) => {
      const wrongNumber = answerTo(message, 0x8183)
      wrongNumber.writeUInt16BE((message.readUInt16BE(0) + 1) % 65_536, 0)
      const wrongName = answerTo(aQuestion('example.org', { id: message.readUInt16BE(0) }), 0x8183)
      const noAnswer = Buffer.from(message)
      return [wrongNumber, wrongName, noAnswer, Buffer.alloc(3), answerTo(message, 0x8180)]
    })
    using world = await DnsWorld.start(names, [upstream.place])
    expect(headOf(await world.askUdp(aQuestion('example.com')))).toMatchObject({ id: 7, rcode: 0 })
  })

  test('that do not fit are passed on cut, and whole over TCP', async () => {
    using upstream = await TestUpstream.start((message, transport) => [
      answerTo(message, transport === 'udp' ? 0x8380 : 0x8180, Buffer.alloc(700)),
    ])
    using world = await DnsWorld.start(names, [upstream.place])
    const question = aQuestion('example.com')
    expect(headOf(await world.askUdp(question))).toMatchObject({ isCut: true })
    const [whole = Buffer.alloc(12)] = await world.askTcp(question)
    expect(headOf(whole)).toMatchObject({ isCut: false })
    expect(upstream.asked.map(({ transport }) => transport)).toEqual(['udp', 'tcp'])
  })
})

describe('a client', () => {
  test('may send several questions over one connection, in any pieces, and stop sending', async () => {
    using world = await DnsWorld.start(names)
    const questions = Array.from({ length: 40 }, (_, index) => aQuestion('db.default.svc.cluster.local', { id: index }))
    const answers = await world.askTcp(...questions)
    expect(answers.map((answer) => headOf(answer).id).sort((left, right) => left - right)).toEqual(questions.map((_, index) => index))
  })

  test.each([
    ['a question with another operation', Buffer.from([0, 9, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]), 4],
    ['no question', Buffer.from([0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1],
    ['a name that does not end', Buffer.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 97]), 1],
    ['a name that points to itself', Buffer.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]), 1],
    ['a question without a type', Buffer.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 1],
  ])('that sends %s is told so', async (_, message, rcode) => {
    using world = await DnsWorld.start(names)
    expect(headOf(await world.askUdp(message))).toEqual({ id: 9, rcode, isCut: false, counts: [0, 0, 0, 0] })
  })

  test('that sends answers or scraps hears nothing, and the next one is served', async () => {
    using world = await DnsWorld.start(names)
    const scraps = [Buffer.alloc(0), Buffer.alloc(5), answerTo(aQuestion('db.default.svc.cluster.local'))]
    expect(await Promise.all(scraps.map((message) => world.resolver.answer(message, { transport: 'udp', client: '' })))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(await world.askTcp(...scraps)).toEqual([])
    expect(await clientOf(world).resolve4('db.default.svc.cluster.local')).toEqual(['10.0.8.9'])
  })

  test('that hangs up while its answer is on the way harms nobody', async () => {
    let answer = (_answers: readonly Buffer[]): void => {}
    const answered = new Promise<readonly Buffer[]>((resolve) => {
      answer = resolve
    })
    using upstream = await TestUpstream.start(() => answered)
    using world = await DnsWorld.start(names, [upstream.place])
    const socket = connect(world.port, '127.0.0.1')
    socket.on('error', () => {})
    const question = aQuestion('example.com')
    socket.write(Buffer.concat([Buffer.from([0, question.length]), question]))
    const { message } = await eventually(() => upstream.asked[0])
    socket.resetAndDestroy()
    answer([answerTo(message)])
    expect(await clientOf(world).resolve4('db.default.svc.cluster.local')).toEqual(['10.0.8.9'])
  })
})
