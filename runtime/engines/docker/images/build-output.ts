import { formatBytes } from '../../../../src/kernel/bytes.ts'
import type { Clock } from '../../../../src/kernel/clock.ts'
import type { Instant, Millis } from '../../../../src/kernel/instant.ts'
import { type BuildStep, BuildSteps, titleOf } from './build-steps.ts'
import { LayerProgress } from './layer-progress.ts'
import { errorOf, readMessages } from './message-stream.ts'

export interface BuildWatch {
  readonly clock: Clock
  /** One line for each step, and now and then the last line of its output. */
  readonly log: (line: string) => void
  /** Number of labels that the request adds. */
  readonly labels: number
}

/** How a build ended that did not succeed. */
export interface BuildEnd {
  readonly said: string
  readonly step?: BuildStep
}

/** Within a step people see that it moves, not all that it says. */
const NEWS_EVERY: Millis = 1000

/** Follows a build to its end; undefined when it succeeded. Throws when the engine goes away or the signal aborts. */
export async function followBuild(answer: AsyncIterable<unknown>, watch: BuildWatch, signal: AbortSignal): Promise<BuildEnd | undefined> {
  const steps = new BuildSteps(watch.labels)
  const base = new LayerProgress()
  const news = new News(watch)
  for await (const message of readMessages(answer, signal)) {
    const said = errorOf(message)
    if (said !== undefined) return { said, ...(steps.current === undefined ? {} : { step: steps.current }) }
    const change = steps.record(message)
    const step = steps.current
    if (step === undefined) continue
    if (change === 'step') news.begin(titleOf(step))
    else if (change === 'line') news.detail(step.lines.at(-1) ?? '')
    else if (base.record(message)) news.detail(`${formatBytes(base.done)} of ${formatBytes(base.total)}`)
  }
  return undefined
}

/** Collapses the output: a new step at once, what it says no more often than people read. */
class News {
  readonly #watch: BuildWatch
  #title = ''
  #last: Instant | undefined

  constructor(watch: BuildWatch) {
    this.#watch = watch
  }

  begin(title: string): void {
    this.#title = title
    this.#last = this.#watch.clock.now()
    this.#watch.log(title)
  }

  detail(text: string): void {
    const now = this.#watch.clock.now()
    if (text === '' || (this.#last !== undefined && now - this.#last < NEWS_EVERY)) return
    this.#last = now
    this.#watch.log(`${this.#title}: ${text}`)
  }
}
