import { API_ROUTES } from '../../wire/api-routes.ts'
import type { ClockView, ScaleView } from '../../wire/scale-view.ts'
import type { Asking } from './replica-client.ts'

/** What commands ask about scaling and the clock of its decisions. */
export class ScalingClient {
  readonly #environment: string
  readonly #asking: Pick<Asking, 'get' | 'post'>

  constructor(environment: string, asking: Pick<Asking, 'get' | 'post'>) {
    this.#environment = environment
    this.#asking = asking
  }

  async of(component: string): Promise<ScaleView> {
    return (await this.#asking.get(API_ROUTES.scale(this.#environment, component))) as ScaleView
  }

  async clock(): Promise<ClockView> {
    return (await this.#asking.get(API_ROUTES.clock(this.#environment))) as ClockView
  }

  /** Lets time pass; answers when everything has settled. */
  async advance(ms: number): Promise<ClockView> {
    return (await this.#asking.post(API_ROUTES.clock(this.#environment), { ms })) as ClockView
  }
}
