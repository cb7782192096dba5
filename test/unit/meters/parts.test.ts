import { describe, expect, test } from '@jest/globals'
import { compactDate, httpDate } from '../../../runtime/meters/dates.ts'
import { encode, ProtoMessage } from '../../../runtime/meters/protobuf.ts'
import { firstNumber } from '../../../runtime/meters/query-number.ts'
import { signRequest } from '../../../runtime/meters/readers/aws-signature.ts'
import { entitiesOf } from '../../../runtime/meters/readers/azure-servicebus-feed.ts'
import { signedHeaders, storageAccount } from '../../../runtime/meters/readers/azure-storage.ts'
import { optionsOfDsn } from '../../../runtime/meters/readers/mysql.ts'
import { postgresOptions } from '../../../runtime/meters/readers/postgresql-address.ts'
import { Settings } from '../../../runtime/meters/settings.ts'
import { instant } from '../../../src/kernel/instant.ts'

describe('settings', () => {
  const settings = new Settings({
    a: ' x , y,',
    n: '2.5',
    t: 'T',
    f: 'false',
    empty: '',
    pairs: 'k=v, l = w',
    d: '1m1.5s',
    ms: '250',
    bad: 'maybe',
  })

  test('are read with their types', () => {
    expect(settings.list('a')).toEqual(['x', 'y'])
    expect([settings.number('n', 1), settings.number('empty', 1)]).toEqual([2.5, 1])
    expect([settings.flag('t'), settings.flag('f', true), settings.flag('empty', true)]).toEqual([true, false, true])
    expect([...settings.pairs('pairs')]).toEqual([
      ['k', 'v'],
      ['l', 'w'],
    ])
    expect([settings.duration('d', 1), settings.duration('ms', 1), settings.duration('none', 1)]).toEqual([61_500, 250, 1])
  })

  test.each([
    [() => settings.demand('empty', 'none'), 'empty or none is missing'],
    [() => settings.number('bad', 0), 'bad is no number'],
    [() => settings.flag('bad'), 'bad is neither true nor false'],
    [() => settings.choice('bad', ['x', 'y'], 'x'), 'bad is none of x, y'],
    [() => settings.duration('bad', 1), 'bad is neither a duration such as 30s nor a number of milliseconds'],
    [() => settings.pairs('a'), 'a has an element that is not key=value'],
  ])('that cannot be read are named', (read, message) => {
    expect(read).toThrow(message)
  })
})

test('dates', () => {
  expect(httpDate(instant(784_111_777_000))).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  expect(compactDate(instant(784_111_777_123))).toBe('19941106T084937Z')
})

test('messages of Protocol Buffers', () => {
  const bytes = encode([
    [1, 'Grüße'],
    [2, -3n],
    [3, 2.5],
    [4, true],
    [5, encode([[1, 'in']])],
    [5, encode([])],
    [300, 300n],
  ])
  const message = new ProtoMessage(bytes)
  expect([message.text(1), message.integer(2), message.double(3), message.flag(4), message.integer(300)]).toEqual([
    'Grüße',
    -3,
    2.5,
    true,
    300,
  ])
  expect(message.messages(5).map((inner) => inner.text(1))).toEqual(['in', ''])
  // protobuf.dev, encoding: field 1 as the varint 150.
  expect(new ProtoMessage(Buffer.from('089601', 'hex')).integer(1)).toBe(150)
  expect(() => new ProtoMessage(bytes.subarray(0, 4))).toThrow(/ends too early/)
})

test.each([
  [[3], 3],
  [['4.5'], 4.5],
  [[5n], 5],
])('the number of a row %p', (row, value) => {
  expect(firstNumber(row)).toBe(value)
})

test('a request to AWS is signed as in the test suite of Signature Version 4 (post-vanilla)', () => {
  const { Authorization } = signRequest({
    url: new URL('https://example.amazonaws.com/'),
    headers: {},
    body: '',
    region: 'us-east-1',
    service: 'service',
    keys: { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    now: instant(1_440_938_160_000),
  })
  expect(Authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  )
})

describe('connection strings', () => {
  const storage = (connection: string) => storageAccount(new Settings({ connection }))

  test.each([
    [
      'DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a2V5==;EndpointSuffix=core.windows.net',
      'https://acc.queue.core.windows.net/',
    ],
    ['AccountName=acc;AccountKey=a2V5', 'https://acc.queue.core.windows.net/'],
    ['AccountName=acc;AccountKey=a2V5;QueueEndpoint=http://azurite:10001/acc', 'http://azurite:10001/acc'],
    ['UseDevelopmentStorage=true', 'http://127.0.0.1:10001/devstoreaccount1'],
    ['UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite', 'http://azurite:10001/devstoreaccount1'],
    ['QueueEndpoint=https://acc.queue.core.windows.net/;SharedAccessSignature=sv=1&sig=x', 'https://acc.queue.core.windows.net/'],
  ])('of Azure Storage: %s', (connection, endpoint) => {
    expect(storage(connection).endpoint.href).toBe(endpoint)
  })

  test('of Azure Storage that lack something', () => {
    expect(() => storage('AccountName=acc')).toThrow(/neither AccountName and AccountKey nor SharedAccessSignature/)
    expect(() => storage('nonsense')).toThrow(/a part that is not Name=value/)
    expect(() => storageAccount(new Settings({ accountName: 'acc' }))).toThrow(/needs an identity of Azure/)
  })

  test('of Azure Storage with a signature are not signed', () => {
    const account = storage('QueueEndpoint=https://acc.queue.core.windows.net/;SharedAccessSignature=?sv=1&sig=x')
    expect(account.signature).toBe('sv=1&sig=x')
    expect(Object.keys(signedHeaders(account, account.endpoint, instant(0)))).toEqual(['x-ms-date', 'x-ms-version'])
  })

  test.each([
    ['me:pa:ss@word@tcp(db:3307)/shop', { user: 'me', password: 'pa:ss@word', host: 'db', port: 3307, database: 'shop' }],
    ['me@tcp(db)/shop', { user: 'me', host: 'db', port: 3306, database: 'shop' }],
    [
      'me:x@tcp([::1]:3306)/shop?tls=skip-verify',
      { user: 'me', password: 'x', host: '::1', port: 3306, database: 'shop', ssl: { rejectUnauthorized: false } },
    ],
    ['me:x@unix(/run/mysql.sock)/shop', { user: 'me', password: 'x', socketPath: '/run/mysql.sock', database: 'shop' }],
  ])('of MySQL: %s', (dsn, expected) => {
    expect(optionsOfDsn(dsn)).toEqual(expected)
  })

  test.each([
    [
      'postgresql://me:p%40ss@db:5433/shop?sslmode=disable',
      { user: 'me', password: 'p@ss', host: 'db', port: 5433, database: 'shop', ssl: false },
    ],
    [
      "host=db port=5432 user=me password='two \\'words\\'' dbname=shop sslmode=require",
      { user: 'me', password: "two 'words'", host: 'db', port: 5432, database: 'shop', ssl: { rejectUnauthorized: false } },
    ],
  ])('of PostgreSQL: %s', (connection, expected) => {
    expect(postgresOptions(connection)).toEqual(expected)
  })

  test.each([
    ['postgresql://[', /no address of a database/],
    ['nonsense', /neither an address nor a list/],
    ['host=db sslmode=maybe', /sslmode is none of/],
  ])('of PostgreSQL that are wrong: %s', (connection, message) => {
    expect(() => postgresOptions(connection)).toThrow(message)
  })
})

describe('entities of Service Bus', () => {
  test('have their prefixes as the service likes them', () => {
    const xml = `\uFEFF<entry><title>mail</title><content><QueueDescription><CountDetails><d3p1:ActiveMessageCount>7</d3p1:ActiveMessageCount></CountDetails></QueueDescription></content></entry>`
    expect(entitiesOf(xml)).toEqual([{ name: 'mail', activeMessages: 7 }])
  })

  test.each([
    ['<entry><content><QueueDescription/></content></entry>', /tells no ActiveMessageCount/],
    ['{}', /answers with no XML/],
  ])('that say nothing: %s', (xml, message) => {
    expect(() => entitiesOf(xml)).toThrow(message)
  })
})
