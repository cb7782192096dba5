import type { EdgeTable } from '../../../src/model/edge.ts'
import { CLUSTER_DOMAIN, NameBook } from '../../../src/routing/names.ts'
import type { EdgeContext, NameService } from '../context.ts'
import type { Forwarder, Transport } from './forwarder.ts'
import { CLASS_IN, MAX_UDP_BYTES, type Question, RCODE, readQuestion, TYPE_A, TYPE_ANY, writeFailure, writeReply } from './message.ts'

/** Seconds for which an answer may be kept, and a "no" as well. Source: CoreDNS, plugin kubernetes, ttl 5. */
const TTL_S = 5
const MAX_TCP_BYTES = 65_535
/** Unknown names told of for each table. */
const MAX_TOLD = 1000

export interface Asker {
  readonly transport: Transport
  /** Address of who asks. */
  readonly client: string
}

/** Answers for the names of the table and only those in the cluster's domain; everything else is asked of the system's resolvers. */
export class Resolver implements NameService {
  readonly #context: EdgeContext
  readonly #forwarder: Forwarder
  readonly #told = new Set<string>()
  #book = new NameBook([])
  #version = 0
  #turn = 0

  constructor(context: EdgeContext, forwarder: Forwarder) {
    this.#context = context
    this.#forwarder = forwarder
  }

  serve({ version, names }: EdgeTable): void {
    this.#version = version
    this.#book = new NameBook(names)
    this.#told.clear()
  }

  /** What to send back; undefined for a message that deserves no answer. Never rejects. */
  async answer(message: Buffer, asker: Asker): Promise<Buffer | undefined> {
    const question = readQuestion(message)
    if ('reply' in question) return question.reply
    if (question.class !== CLASS_IN) return this.#forward(question, message, asker)
    const found = this.#book.find(question.name)
    switch (found.kind) {
      case 'outside':
        return this.#forward(question, message, asker)
      case 'known': {
        // Names exist for IPv4 only: any other type has no data, so that clients which ask for both go on with what there is.
        const wanted = question.type === TYPE_A || question.type === TYPE_ANY
        return this.#own(question, { rcode: RCODE.ok, addresses: wanted ? this.#inTurn(found.addresses) : [] }, asker)
      }
      case 'unknown':
        if (found.asked) this.#tell(question.name, asker.client)
        return this.#own(question, { rcode: RCODE.nameError, addresses: [] }, asker)
      default:
        return found satisfies never
    }
  }

  #own(question: Question, reply: { readonly rcode: number; readonly addresses: readonly string[] }, { transport }: Asker): Buffer {
    const zone = { domain: CLUSTER_DOMAIN, serial: this.#version }
    return writeReply(question, { ...reply, ttl: TTL_S, zone }, transport === 'udp' ? MAX_UDP_BYTES : MAX_TCP_BYTES)
  }

  async #forward(question: Question, message: Buffer, { transport }: Asker): Promise<Buffer> {
    return (await this.#forwarder.ask(question, message, transport)) ?? writeFailure(question, RCODE.serverFailure)
  }

  /** Most clients take the first address. */
  #inTurn(addresses: readonly string[]): readonly string[] {
    if (addresses.length < 2) return addresses
    const start = this.#turn++ % addresses.length
    return [...addresses.slice(start), ...addresses.slice(0, start)]
  }

  #tell(asked: string, client: string): void {
    const name = asked.toLowerCase()
    if (this.#told.has(name) || this.#told.size >= MAX_TOLD) return
    this.#told.add(name)
    this.#context.say({ type: 'unknown-name', name, client })
  }
}
