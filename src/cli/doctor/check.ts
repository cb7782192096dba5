import type { Clock } from '../../kernel/clock.ts'
import { after } from '../../kernel/instant.ts'
import type { DoctorCheck } from '../../wire/views.ts'

/** What a check looks at. */
export interface Patient {
  readonly home: string
  readonly directory: string
  readonly uniqueName: string
  readonly clock: Clock
}

/** A check by name; one that throws has failed with the error's message. */
export interface Check {
  readonly name: string
  readonly fix: string
  /** How long it may take; 3 s when absent. */
  readonly limitMs?: number
  readonly look: (patient: Patient) => Promise<Omit<DoctorCheck, 'name' | 'fix'>>
}

const LIMIT_MS = 3000

export async function runCheck(check: Check, patient: Patient): Promise<DoctorCheck> {
  const { clock } = patient
  const limit = check.limitMs ?? LIMIT_MS
  let timer: Disposable | undefined
  const tooLong = new Promise<Omit<DoctorCheck, 'name' | 'fix'>>((resolve) => {
    timer = clock.at(after(clock.now(), limit), () => resolve({ state: 'failed', detail: `no answer within ${limit / 1000} s` }))
  })
  try {
    const found = await Promise.race([check.look(patient), tooLong])
    return { name: check.name, ...found, ...(found.state === 'ok' ? {} : { fix: check.fix }) }
  } catch (error) {
    return { name: check.name, state: 'failed', detail: error instanceof Error ? error.message : String(error), fix: check.fix }
  } finally {
    timer?.[Symbol.dispose]()
  }
}
