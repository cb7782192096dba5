import { BSON, type Document } from 'mongodb'
import { listen } from './listening.ts'

/** Clients greet an unknown server with OP_QUERY, which is answered so. */
const OP_REPLY = 1
const OP_MSG = 2013
const HEADER = 16

/** A server of a test: as much of MongoDB's wire protocol as a client needs that counts documents. Documents are compared field by field. */
export async function startMongoServer(collections: Readonly<Record<string, readonly Document[]>>) {
  const commands: Document[] = []
  const server = await listen((socket, bytes) => {
    let rest = bytes
    while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(message.length)
      const [id, code] = [message.readInt32LE(4), message.readInt32LE(12)]
      const command = code === OP_MSG ? BSON.deserialize(message.subarray(HEADER + 5)) : queryOf(message)
      commands.push(command)
      const document = Buffer.from(BSON.serialize(answer(command)))
      if (code === OP_MSG) socket.write(frame(id, OP_MSG, Buffer.concat([Buffer.alloc(5), document])))
      else socket.write(frame(id, OP_REPLY, Buffer.concat([Buffer.alloc(16), int32(1), document])))
    }
    return rest
  })

  const answer = (command: Document): Document => {
    const [name = ''] = Object.keys(command)
    if (/^(hello|ismaster)$/i.test(name)) {
      return {
        ok: 1,
        helloOk: true,
        isWritablePrimary: true,
        ismaster: true,
        minWireVersion: 0,
        maxWireVersion: 21,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
      }
    }
    if (name !== 'aggregate') return { ok: 1 }
    const [match] = command['pipeline'] as readonly Document[]
    const wanted = Object.entries((match?.['$match'] ?? {}) as Document)
    const found = (collections[`${command['$db']}.${command['aggregate']}`] ?? []).filter((document) =>
      wanted.every(([field, value]) => document[field] === value),
    )
    const counted = found.length === 0 ? [] : [{ _id: 1, n: found.length }]
    return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `${command['$db']}.${command['aggregate']}`, firstBatch: counted } }
  }

  return { ...server, commands }
}

/** Flags, the name of a collection that ends with a zero, two numbers, and the document. */
function queryOf(message: Buffer): Document {
  const end = message.indexOf(0, HEADER + 4)
  return BSON.deserialize(message.subarray(end + 9))
}

function frame(answerTo: number, code: number, body: Buffer): Buffer {
  return Buffer.concat([int32(HEADER + body.length), int32(0), int32(answerTo), int32(code), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
