import type { Engine } from '../model/engine.ts'
import type { Accepted, ApplyAnswer, ImageRecord } from '../wire/answers.ts'
import type { ApplyOrder, ImagesOrder } from '../wire/requests.ts'
import { acceptOrder, describeAccepted, refuseCollisions } from './accept-order.ts'
import { chooseEngine } from './engine-choice.ts'
import type { EnvironmentControl } from './environment-control.ts'
import { makeImages } from './image-orders.ts'
import { previewPlan } from './preview.ts'
import type { RunningEnvironment, RunningPorts } from './running-environment.ts'
import { chooseClock } from './time/choose-clock.ts'

/** Orders that come with a model: it is loaded, an engine is chosen, and then it is applied, planned or its images are made. */
export class Orders {
  readonly #ports: RunningPorts
  readonly #running: RunningEnvironment

  constructor(ports: RunningPorts, running: RunningEnvironment) {
    this.#ports = ports
    this.#running = running
  }

  async apply(order: ApplyOrder): Promise<ApplyAnswer> {
    const { control } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine, reason } = await chooseEngine(order, this.#running.machinery?.engine, control)
    refuseCollisions(accepted.models, this.#running.stateOn(engine))
    const running = this.#running.machinery?.shell.state.clock
    await this.#running.begin(engine, chooseClock(order, { engine, now: control.clock.now(), running }))
    const { seq } = this.#ports.events
    this.#running.enter(order, accepted)
    return {
      seq,
      diagnostics: [...accepted.result.shown, ...buildNotes(order, engine)],
      environment: this.#ports.name,
      engine: engine.name,
      engineReason: reason,
      applications: describeAccepted(accepted),
    }
  }

  async plan(order: ApplyOrder): ReturnType<EnvironmentControl['plan']> {
    const { control, context } = this.#ports
    const accepted = await acceptOrder(order, control)
    const { engine } = await chooseEngine(order, this.#running.machinery?.engine, control)
    const state = this.#running.stateOn(engine)
    refuseCollisions(accepted.models, state)
    return previewPlan(accepted, state, control.clock.now(), context)
  }

  async images(order: ImagesOrder, report: (record: ImageRecord) => void, signal: AbortSignal): Promise<void> {
    const { control, context } = this.#ports
    const { engine } = await chooseEngine(order, this.#running.machinery?.engine, control)
    const built: string[] = []
    const note = (record: ImageRecord): void => {
      if (order.do === 'build' && record.state === 'done') built.push(record.ref)
      report(record)
    }
    await makeImages(order, { control, context, engine }, note, signal)
    this.#running.machinery?.imagesBuilt(built)
  }
}

function buildNotes(order: ApplyOrder, engine: Engine): Accepted['diagnostics'] {
  if (order.build !== true || engine.images !== undefined) return []
  const message = `--build has no effect: the ${engine.name} engine runs programs from their directories and builds no images`
  return [{ code: 'MP4007', severity: 'note', message }]
}
