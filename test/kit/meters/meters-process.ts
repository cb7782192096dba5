import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { MeterMessage, MeterTrigger, ToMeters, TriggerReading } from '../../../src/model/meter.ts'
import { FrameReader, writeFrame } from '../../../src/wire/edge-frames.ts'
import { eventually } from '../eventually.ts'

const program = fileURLToPath(new URL('../../../dist/meters.js', import.meta.url))

/** The shipped program, spoken to over its standard streams. */
export class MetersProcess implements AsyncDisposable {
  readonly messages: MeterMessage[] = []
  readonly errors: string[] = []
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<number | null>
  readonly #triggers = new Map<string, MeterTrigger>()
  #lastId = 0

  constructor(env: NodeJS.ProcessEnv = process.env) {
    if (!existsSync(program)) throw new Error('dist/meters.js is missing: run "npm run build" first')
    this.child = spawn(process.execPath, [program, '--stdio'], { env, stdio: 'pipe' })
    const frames = new FrameReader<MeterMessage>()
    this.child.stdout.on('data', (chunk: Buffer) => this.messages.push(...frames.push(chunk)))
    this.child.stderr.on('data', (chunk: Buffer) => this.errors.push(String(chunk)))
    this.child.stdin.on('error', (error) => this.errors.push(String(error)))
    this.ended = new Promise((resolve) => this.child.once('exit', resolve))
  }

  say(message: ToMeters): void {
    this.child.stdin.write(writeFrame(message))
  }

  /** Announces the trigger besides those that were announced before. */
  announce(type: string, settings: Readonly<Record<string, string>>, id = `shop/${type}-${++this.#lastId}`): string {
    this.#triggers.set(id, { id, type, settings, scaledObject: { name: 'shop', namespace: 'default' } })
    this.say({ type: 'triggers', triggers: [...this.#triggers.values()] })
    return id
  }

  async read(...triggers: readonly string[]): Promise<readonly TriggerReading[]> {
    const id = ++this.#lastId
    this.say({ type: 'read', id, triggers })
    return await eventually(() => {
      const answer = this.messages.find((message) => message.type === 'readings' && message.id === id)
      return answer?.type === 'readings' ? answer.readings : undefined
    }, 15_000)
  }

  /** A reading without the trigger's own name, for one comparison. */
  async readOne(id: string): Promise<Omit<TriggerReading, 'trigger'>> {
    const [reading] = await this.read(id)
    const { trigger, ...rest } = reading ?? { trigger: '' }
    if (trigger !== id) throw new Error(`the reading is of ${trigger}`)
    return rest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin.end()
    await this.ended
  }
}
