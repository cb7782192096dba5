import { formatInstant, type Instant } from '../../src/kernel/instant.ts'

/** The few forms of DER that a certificate is written in. Source: X.690, distinguished encoding rules. */

const TAG = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utf8: 12,
  sequence: 48,
  set: 49,
  utcTime: 23,
  generalizedTime: 24,
} as const
/** From this year on times are written with four digits. Source: RFC 5280, 4.1.2.5. */
const FOUR_DIGIT_YEARS = 2050

/** A value of any tag, whose content is the parts one after the other. */
function value(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), length(content.length), content])
}

function length(count: number): Buffer {
  if (count < 128) return Buffer.from([count])
  const digits = base256(count)
  return Buffer.from([128 + digits.length, ...digits])
}

function base256(number: number): number[] {
  const digits: number[] = []
  for (let rest = number; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return digits
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return value(TAG.sequence, ...parts)
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return value(TAG.set, ...parts)
}

/** A number that is not negative, as its bytes, the most significant first. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start))
  return (digits[0] ?? 0) < 128 ? value(TAG.integer, digits) : value(TAG.integer, Buffer.from([0]), digits)
}

export function yes(): Buffer {
  return value(TAG.boolean, Buffer.from([255]))
}

export function utf8(text: string): Buffer {
  return value(TAG.utf8, Buffer.from(text, 'utf8'))
}

export function octets(...parts: readonly Uint8Array[]): Buffer {
  return value(TAG.octets, ...parts)
}

/** Whole bytes, or the bytes of named bits of which the last `unused` ones are not there. */
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return value(TAG.bits, Buffer.from([unused]), bytes)
}

/** `1.2.840.10045.4.3.2` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const arcs = rest.flatMap((arc) => {
    const digits = [arc % 128]
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) digits.unshift(128 + (high % 128))
    return digits
  })
  return value(TAG.oid, Buffer.from([first * 40 + second, ...arcs]))
}

export function time(at: Instant): Buffer {
  const text = `${formatInstant(at).replace(/[-:T]/g, '').slice(0, 14)}Z`
  if (Number(text.slice(0, 4)) < FOUR_DIGIT_YEARS) return value(TAG.utcTime, Buffer.from(text.slice(2), 'latin1'))
  return value(TAG.generalizedTime, Buffer.from(text, 'latin1'))
}

/** A part that its number tells apart; `whole` ones contain other values. */
export function numbered(number: number, form: 'whole' | 'plain', ...parts: readonly Uint8Array[]): Buffer {
  return value((form === 'whole' ? 0xa0 : 0x80) + number, ...parts)
}
