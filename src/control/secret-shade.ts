import type { Fault } from '../kernel/fault.ts'
import { type SecretValues, secretMark } from '../model/app-model.ts'

/** Values shorter than this are not searched for: they would mark half of a text. */
const SHORTEST = 4
/** The same for single lines of longer values, such as keys in PEM form. */
const SHORTEST_LINE = 12

/**
 * Replaces values of secrets by their marks in texts that come from programs of the user, such as the output of a failing
 * probe or hook. Values of earlier edits stay known: replicas that were started with them may still run. In memory only.
 */
export class SecretShade {
  /** Marks by value, the longest value first. */
  #marks: readonly (readonly [value: string, mark: string])[] = []

  learn(secrets: SecretValues): void {
    const marks = new Map(this.#marks)
    for (const [id, value] of secrets) {
      const [, secret = '', ...key] = id.split('/')
      for (const part of partsOf(value)) marks.set(part, secretMark({ secret, key: key.join('/') }))
    }
    if (marks.size > this.#marks.length) this.#marks = [...marks].sort(([left], [right]) => right.length - left.length)
  }

  readonly text = (text: string): string => this.#marks.reduce((shaded, [value, mark]) => shaded.replaceAll(value, () => mark), text)

  readonly fault = (fault: Fault): Fault => {
    return { ...fault, message: this.text(fault.message), ...(fault.next === undefined ? {} : { next: this.text(fault.next) }) }
  }
}

function partsOf(value: string): readonly string[] {
  const whole = value.trim()
  const lines = whole.includes('\n') ? whole.split('\n').map((line) => line.trim()) : []
  return [...(whole.length >= SHORTEST ? [whole] : []), ...lines.filter((line) => line.length >= SHORTEST_LINE)]
}
