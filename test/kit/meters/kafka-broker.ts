import { int16, int32, int64, KafkaReader, list, text } from './kafka-bytes.ts'
import { listen } from './listening.ts'

/** One partition after the other. Committed is what each group has; nothing committed is -1. */
export type KafkaTopics = Record<string, { latest: readonly number[]; committed: Record<string, readonly number[]> }>

const LIST_OFFSETS = 2
const METADATA = 3
const OFFSET_FETCH = 9
const FIND_COORDINATOR = 10
const API_VERSIONS = 18
/** Versions that the broker speaks, with their oldest and newest. */
const SPOKEN: readonly (readonly [key: number, oldest: number, newest: number])[] = [
  [LIST_OFFSETS, 1, 1],
  [METADATA, 1, 1],
  [OFFSET_FETCH, 3, 3],
  [FIND_COORDINATOR, 1, 1],
  [API_VERSIONS, 0, 0],
]
const UNSUPPORTED_VERSION = 35
const UNKNOWN_TOPIC = 3
const NODE = 1
const EARLIEST = -2n

/** A broker of a test: as much of Kafka's protocol as an administrator needs who looks at offsets (kafka.apache.org/protocol). */
export async function startKafkaBroker(topics: KafkaTopics) {
  /** Names that a request for metadata asked for; a real broker may create them. */
  const asked: string[] = []
  const server = await listen((socket, bytes) => {
    let rest = bytes
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = rest.readInt32BE(0)
      const request = new KafkaReader(rest.subarray(4, 4 + length))
      rest = rest.subarray(4 + length)
      const [key, version, correlation] = [request.int16(), request.int16(), request.int32()]
      request.text()
      const body = Buffer.concat([int32(correlation), ...answer(key, version, request)])
      socket.write(Buffer.concat([int32(body.length), body]))
    }
    return rest
  })

  const answer = (key: number, version: number, request: KafkaReader): readonly Buffer[] => {
    switch (key) {
      case API_VERSIONS:
        return [int16(version === 0 ? 0 : UNSUPPORTED_VERSION), list(SPOKEN, (spoken) => spoken.map(int16))]
      case METADATA:
        return metadata(request.list(() => request.text() ?? ''))
      case FIND_COORDINATOR:
        return [int32(0), int16(0), text(null), int32(NODE), text('127.0.0.1'), int32(server.port)]
      case OFFSET_FETCH:
        return [
          int32(0),
          committed(
            request.text() ?? '',
            request.list(() => ({ name: request.text() ?? '', partitions: request.list(() => request.int32()) })),
          ),
          int16(0),
        ]
      case LIST_OFFSETS:
        request.int32()
        return [
          offsets(
            request.list(() => ({
              name: request.text() ?? '',
              partitions: request.list(() => [request.int32(), request.int64()] as const) ?? [],
            })) ?? [],
          ),
        ]
      default:
        throw new Error(`the broker of the test does not know request ${key}`)
    }
  }

  const metadata = (names: readonly string[] | null): readonly Buffer[] => {
    asked.push(...(names ?? []))
    return [
      list([NODE], (node) => [int32(node), text('127.0.0.1'), int32(server.port), text(null)]),
      int32(NODE),
      list(names ?? Object.keys(topics), (name) => [
        int16(topics[name] === undefined ? UNKNOWN_TOPIC : 0),
        text(name),
        Buffer.from([0]),
        list([...(topics[name]?.latest.keys() ?? [])], (partition) => [
          int16(0),
          int32(partition),
          int32(NODE),
          list([NODE], (node) => [int32(node)]),
          list([NODE], (node) => [int32(node)]),
        ]),
      ]),
    ]
  }

  const committed = (
    group: string,
    of: readonly { readonly name: string; readonly partitions: readonly number[] | null }[] | null,
  ): Buffer => {
    const all = Object.keys(topics).filter((name) => topics[name]?.committed[group] !== undefined)
    return list(of ?? all.map((name) => ({ name, partitions: [...(topics[name]?.latest.keys() ?? [])] })), ({ name, partitions }) => [
      text(name),
      list(partitions ?? [], (partition) => [
        int32(partition),
        int64(topics[name]?.committed[group]?.[partition] ?? -1),
        text(''),
        int16(0),
      ]),
    ])
  }

  const offsets = (of: readonly { readonly name: string; readonly partitions: readonly (readonly [number, bigint])[] }[]): Buffer =>
    list(of, ({ name, partitions }) => [
      text(name),
      list(partitions, ([partition, time]) => [
        int32(partition),
        int16(0),
        int64(-1),
        int64(time === EARLIEST ? 0 : (topics[name]?.latest[partition] ?? 0)),
      ]),
    ])

  return { ...server, asked, topics }
}
