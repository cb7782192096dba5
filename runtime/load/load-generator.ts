import type { LoadGenerator } from '../../src/control/measuring-ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { LoadRun } from './load-run.ts'
import { HttpSender } from './sender.ts'

/** Sends requests of HTTP/1.1 from this process. The clock has fractions of a millisecond. */
export function createLoadGenerator(clock: Clock): LoadGenerator {
  return {
    run: ({ order, destination }, report, signals) =>
      new LoadRun({ clock, order, report, sender: new HttpSender(destination, order.concurrency) }).run(signals),
  }
}
