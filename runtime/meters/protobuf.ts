/** As much of Protocol Buffers' wire format as small messages of strings, numbers and messages need. */

export type ProtoField = readonly [number: number, value: string | boolean | bigint | number | Uint8Array]

const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

/** A message of fields in order: strings and bytes by length, booleans and bigints as varints, numbers as doubles. */
export function encode(fields: readonly ProtoField[]): Buffer {
  return Buffer.concat(fields.map(encodeField))
}

function encodeField([number, value]: ProtoField): Buffer {
  const tag = (wire: number): Buffer => varint((BigInt(number) << 3n) | BigInt(wire))
  if (typeof value === 'boolean') return Buffer.concat([tag(VARINT), varint(value ? 1n : 0n)])
  if (typeof value === 'bigint') return Buffer.concat([tag(VARINT), varint(BigInt.asUintN(64, value))])
  if (typeof value === 'number') {
    const double = Buffer.alloc(8)
    double.writeDoubleLE(value)
    return Buffer.concat([tag(FIXED_64), double])
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([tag(BYTES), varint(BigInt(bytes.length)), bytes])
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

/** The fields of a message by number, each with all its values as they came. */
export class ProtoMessage {
  readonly #fields = new Map<number, (bigint | Buffer)[]>()

  constructor(bytes: Buffer) {
    let at = 0
    const readVarint = (): bigint => {
      let value = 0n
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++]
        if (byte === undefined || shift > 63n) throw new Error('a message that is no Protocol Buffers')
        value |= BigInt(byte & 127) << shift
        if (byte < 128) return value
      }
    }
    const take = (length: number): Buffer => {
      if (at + length > bytes.length) throw new Error('a message that ends too early')
      at += length
      return bytes.subarray(at - length, at)
    }
    while (at < bytes.length) {
      const tag = readVarint()
      const wire = Number(tag & 7n)
      const value =
        wire === VARINT
          ? readVarint()
          : take(wire === FIXED_64 ? 8 : wire === FIXED_32 ? 4 : wire === BYTES ? Number(readVarint()) : Number.NaN)
      const number = Number(tag >> 3n)
      this.#fields.set(number, [...(this.#fields.get(number) ?? []), value])
    }
  }

  messages(number: number): readonly ProtoMessage[] {
    return this.#bytes(number).map((bytes) => new ProtoMessage(bytes))
  }

  text(number: number): string {
    return this.#bytes(number).at(-1)?.toString('utf8') ?? ''
  }

  flag(number: number): boolean {
    return this.integer(number) !== 0
  }

  integer(number: number): number {
    const value = this.#fields.get(number)?.at(-1)
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
  }

  double(number: number): number {
    const bytes = this.#bytes(number).at(-1)
    return bytes?.length === 8 ? bytes.readDoubleLE() : 0
  }

  #bytes(number: number): readonly Buffer[] {
    return (this.#fields.get(number) ?? []).filter((value) => typeof value !== 'bigint')
  }
}
