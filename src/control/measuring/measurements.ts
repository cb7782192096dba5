import type { Machinery } from '../machinery.ts'
import type { Measuring } from '../measuring-ports.ts'
import type { ControlPorts } from '../ports.ts'
import { recordRun } from './record-run.ts'
import { runLoad } from './run-load.ts'

/** Loads and recordings of what runs; `machinery` refuses where nothing does. */
export class Measurements implements Measuring {
  readonly #control: Pick<ControlPorts, 'clock' | 'load'>
  readonly #machinery: () => Machinery

  constructor(control: Pick<ControlPorts, 'clock' | 'load'>, machinery: () => Machinery) {
    this.#control = control
    this.#machinery = machinery
  }

  async load(...call: Parameters<Measuring['load']>): Promise<void> {
    const { clock, load: generator } = this.#control
    const { shell, link } = this.#machinery()
    await runLoad({ clock, generator, state: () => shell.state, counters: () => link.counters }, ...call)
  }

  async record(...call: Parameters<Measuring['record']>): Promise<void> {
    await recordRun(this.#machinery(), this.#control.clock, ...call)
  }
}
