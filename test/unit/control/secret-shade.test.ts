import { describe, expect, test } from '@jest/globals'
import { SecretShade } from '../../../src/control/secret-shade.ts'

function shadeOf(...values: readonly (readonly [string, string])[]): SecretShade {
  const shade = new SecretShade()
  shade.learn(new Map(values))
  return shade
}

describe('values of secrets in texts of others', () => {
  test.each([
    ['a value', 'connect to swordfish failed', 'connect to ‹secret keys/token› failed'],
    ['a value inside another text', 'http://user:swordfish@db:1/', 'http://user:‹secret keys/token›@db:1/'],
    ['a value that contains another', 'swordfish-two', '‹secret keys/long›'],
    ['a value with characters of patterns', 'a$&.*b!', '‹secret keys/odd›!'],
    ['one line of several', 'bad key MIIEvQIBADANBgkq here', 'bad key ‹secret keys/pem› here'],
    ['a short line of several is left', 'ends with =', 'ends with ='],
    ['a value of three characters is left', 'the cat', 'the cat'],
  ])('%s', (_, text, shaded) => {
    const shade = shadeOf(
      ['default/keys/token', 'swordfish'],
      ['default/keys/long', 'swordfish-two'],
      ['default/keys/odd', 'a$&.*b'],
      ['default/keys/pem', 'MIIEvQIBADANBgkq\n=\n'],
      ['default/keys/short', 'cat'],
    )
    expect(shade.text(text)).toBe(shaded)
  })

  test('those of earlier edits stay known', () => {
    const shade = shadeOf(['default/keys/token', 'swordfish'])
    shade.learn(new Map([['default/keys/token', 'barracuda']]))
    expect(shade.text('swordfish and barracuda')).toBe('‹secret keys/token› and ‹secret keys/token›')
  })

  test('in what went wrong and what to do next', () => {
    const fault = { kind: 'unavailable', code: 'MP4103', message: 'no swordfish', next: 'try swordfish', retry: 'backoff' } as const
    const shaded = shadeOf(['default/keys/token', 'swordfish']).fault(fault)
    expect(shaded).toEqual({ ...fault, message: 'no ‹secret keys/token›', next: 'try ‹secret keys/token›' })
  })
})
