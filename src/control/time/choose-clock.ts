import type { Instant } from '../../kernel/instant.ts'
import type { Engine } from '../../model/engine.ts'
import type { ApplyOrder } from '../../wire/requests.ts'
import { RefusalError } from '../ports.ts'
import { type ClockSetting, SYSTEM_CLOCK } from './environment-clock.ts'

/** The clock that an `up` asks for. It belongs to the environment: one that runs keeps its own, and refuses another. */
export function chooseClock(
  order: Pick<ApplyOrder, 'clock' | 'speed'>,
  { engine, now, running }: { readonly engine: Engine; readonly now: Instant; readonly running: ClockSetting | undefined },
): ClockSetting {
  if (order.clock === 'virtual' && order.speed !== undefined) {
    throw new RefusalError(400, {
      code: 'MP8019',
      message: 'a virtual clock has no speed: it moves only when it is told',
      next: 'leave out either --speed or --clock virtual',
    })
  }
  if (order.clock === 'virtual' && !engine.traits.virtualTime) {
    throw new RefusalError(409, {
      code: 'MP8019',
      message: `the ${engine.name} engine runs in real time, so the clock of its environments cannot be virtual`,
      next: 'use --engine process, or --speed 20 to see decisions sooner',
    })
  }
  const wanted = wish(order, now)
  if (running === undefined) return wanted ?? SYSTEM_CLOCK
  if (wanted !== undefined && describeClock(wanted) !== describeClock(running)) {
    throw new RefusalError(409, {
      code: 'MP8019',
      message: `this environment runs on ${describeClock(running)}, and its clock cannot be changed to ${describeClock(wanted)} while it runs`,
      next: 'end it with "minipaas down" first, or use another --project-name',
    })
  }
  return running
}

function wish({ clock, speed }: Pick<ApplyOrder, 'clock' | 'speed'>, now: Instant): ClockSetting | undefined {
  if (clock === 'virtual') return { kind: 'virtual', now }
  if (speed !== undefined && speed !== 1) return { kind: 'scaled', base: now, shown: now, speed }
  return clock === 'system' || speed === 1 ? SYSTEM_CLOCK : undefined
}

/** `the clock of the machine`, `a clock 20 times as fast`, `a virtual clock`. */
function describeClock(setting: ClockSetting): string {
  if (setting.kind === 'virtual') return 'a virtual clock'
  return setting.kind === 'scaled' ? `a clock ${setting.speed} times as fast` : 'the clock of the machine'
}
