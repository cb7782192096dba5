import type { EngineMessage } from './message-stream.ts'

export interface BuildStep {
  /** `3/5` as the builder counts. */
  readonly number: string
  /** `RUN npm ci` */
  readonly instruction: string
  /** The last lines of its output. */
  readonly lines: readonly string[]
}

/** As many lines as people look at before they open the log. */
const KEPT_LINES = 20
/** What the builder says about itself. Source: moby, builder/dockerfile. */
const NOISE = /^(?: ?---> |Removing intermediate container |Successfully (?:built|tagged) |\s*$)/
/** Docker's builder, which counts each label of the request as a step at the end, and Podman's, which does not. */
const STEP = /^(Step|STEP) (\d+)\/(\d+) ?: (.*)$/
const CONTROL = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g')

/** Reads the output of a build, which comes in pieces of any length, and keeps the step that is under way with its last lines. */
export class BuildSteps {
  readonly #labels: number
  #rest = ''
  #step: BuildStep | undefined

  /** `labels`: how many the request adds to those of the Dockerfile. */
  constructor(labels: number) {
    this.#labels = labels
  }

  get current(): BuildStep | undefined {
    return this.#step
  }

  /** Takes a message in; the answer is what is new: `step` when another one began, `line` when the step said something. */
  record({ stream }: EngineMessage): 'step' | 'line' | undefined {
    if (stream === undefined) return undefined
    const lines = (this.#rest + stream).split('\n')
    this.#rest = lines.pop() ?? ''
    let news: 'step' | 'line' | undefined
    for (const raw of lines) {
      const line = (
        raw
          .replace(CONTROL, '')
          .split('\r')
          .findLast((part) => part !== '') ?? ''
      ).trimEnd()
      const step = this.#beginning(line)
      if (step === 'of ours') continue
      if (step !== undefined) {
        this.#step = step
        news = 'step'
      } else if (this.#step !== undefined && !NOISE.test(line)) {
        this.#step = { ...this.#step, lines: [...this.#step.lines.slice(1 - KEPT_LINES), line] }
        news ??= 'line'
      }
    }
    return news
  }

  #beginning(line: string): BuildStep | 'of ours' | undefined {
    const [, form, number, total, instruction] = STEP.exec(line) ?? []
    if (number === undefined || total === undefined || instruction === undefined) return undefined
    const own = Number(total) - (form === 'Step' ? this.#labels : 0)
    return Number(number) > own ? 'of ours' : { number: `${number}/${own}`, instruction, lines: [] }
  }
}

/** `[3/5] RUN npm ci` */
export function titleOf({ number, instruction }: BuildStep): string {
  return `[${number}] ${instruction}`
}

/** The reference that a `FROM` step names. */
export function baseOf({ instruction }: BuildStep): string | undefined {
  return /^FROM (?:--\S+ )*(\S+)/i.exec(instruction)?.[1]
}
