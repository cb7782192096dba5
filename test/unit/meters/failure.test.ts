import { describe, expect, test } from '@jest/globals'
import { explain, secretsOf } from '../../../runtime/meters/failure.ts'

describe('a failed reading', () => {
  test.each([
    [new Error('connect ECONNREFUSED 10.0.0.2:6379'), /Nothing listens there: start the server/],
    [new Error('getaddrinfo ENOTFOUND redis'), /The name is not known inside the environment/],
    [new Error('WRONGPASS invalid username-password pair'), /Correct the user, the password or the key/],
    [new Error('self-signed certificate in certificate chain'), /Give the trigger the right "ca"/],
    [
      new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1:5432'), { code: 'ECONNREFUSED' })]),
      /ECONNREFUSED ::1:5432\. Nothing listens/,
    ],
    [new Error('', { cause: new Error('the reason') }), /: the reason\. See the log of the server/],
    ['a word', /: a word\. /],
  ])('says what happened, why, and what next: %s', (error, expected) => {
    expect(explain('redis', error, [])).toMatch(expected)
  })

  test('is one line of bounded length', () => {
    const line = explain('redis', new Error(`first\n  second\t${'x'.repeat(1000)}`), [])
    expect(line).toMatch(/^The redis trigger has no value: first second x+…\. /)
    expect(line.length).toBeLessThan(600)
  })
})

describe('secrets', () => {
  test.each<[Record<string, string>, readonly string[]]>([
    [{ password: 'word', listName: 'list' }, ['word']],
    [{ host: 'amqp://me:se%40cret@rabbitmq:5672/' }, ['se%40cret', 'se@cret']],
    [{ connectionString: 'me:pa:ss@word@tcp(db:3306)/shop' }, ['pa:ss@word']],
    [{ connection: "host=db password='two words'" }, ['two words']],
    [{ connection: 'AccountName=a;AccountKey=abc==;EndpointSuffix=x' }, ['abc==']],
    [{ connection: 'Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=k1=' }, ['k1=']],
    [{ url: 'http://api/?token=t0ken' }, ['t0ken']],
    [{ customHeaders: 'X-Api-Key=key-value,X-Other=1' }, ['key-value']],
  ])('are found in %j', (settings, expected) => {
    expect(secretsOf(settings)).toEqual(expect.arrayContaining([...expected]))
  })

  test('never come out, also where they are short or an address holds them', () => {
    const settings = { password: 'a', connection: 'postgresql://me:other-word@db/shop' }
    const line = explain('postgresql', new Error('as a was given: postgresql://me:third-word@db and other-word'), secretsOf(settings))
    expect(line).toContain('as *** was given: postgresql://me:***@db and ***')
  })
})
