import { ArrivalSet, EvenArrivals, PoissonArrivals } from './arrivals.ts'
import type { LoadShape } from './load-types.ts'
import { Random, seedFrom } from './random.ts'
import { RateCurve } from './rate-curve.ts'

const MICROS = 1_000_000

/** Makes the arrivals of one component from its shapes, each with random numbers of its own. */
export class ArrivalMaker {
  readonly #run: { readonly seed: number; readonly startMs: number; readonly endMicros: number; readonly component: string }

  constructor(run: { readonly seed: number; readonly startMs: number; readonly endMicros: number; readonly component: string }) {
    this.#run = run
  }

  random(part: string): Random {
    return new Random(this.#seedOf(part))
  }

  arrivals(shapes: readonly LoadShape[], part: string): ArrivalSet {
    return new ArrivalSet(
      shapes.map((shape, index) =>
        shape.arrivals === 'even'
          ? new EvenArrivals(this.#curveOf(shape))
          : new PoissonArrivals(this.#curveOf(shape), this.#seedOf(`${part}/${index}`), this.#run.endMicros),
      ),
    )
  }

  /** The values that a shape says as they are, not as a rate of events; the first one counts. */
  values(shapes: readonly LoadShape[]): readonly RateCurve[] {
    return shapes.map((shape) => this.#curveOf(shape))
  }

  #seedOf(part: string): number {
    return seedFrom(this.#run.seed, `${this.#run.component}/${part}`)
  }

  #curveOf(shape: LoadShape): RateCurve {
    const { startMs, endMicros } = this.#run
    return new RateCurve(shape.pieces({ startMs, seconds: endMicros / MICROS }), endMicros)
  }
}
