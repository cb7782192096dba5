import type * as z from 'zod'
import { RefusalError } from '../../src/control/ports.ts'
import { type Fault, FaultError } from '../../src/kernel/fault.ts'
import type { Refusal } from '../../src/wire/answers.ts'
import type { ShownDiagnostic } from '../../src/wire/events.ts'
import type { ApiPorts } from './api-ports.ts'

/** A refusal with the HTTP status it is answered with. */
export interface Denial {
  readonly status: number
  readonly error: Refusal['error']
}

/** Carries a denial out of a handler. */
export class DenialError extends Error {
  readonly denial: Denial

  constructor(denial: Denial) {
    super(denial.error.message)
    this.name = 'DenialError'
    this.denial = denial
  }
}

/** What a client named wrongly, or at the wrong moment, is not the world's fault. */
const FAULT_STATUS: Partial<Record<Fault['kind'], number>> = { 'not-found': 404, conflict: 409 }

/** What was thrown, as an answer; unexpected errors are reported and answered without their text. */
export function denialOf(error: unknown, during: string, ports: Pick<ApiPorts, 'lifeCycle'>): Denial {
  if (error instanceof DenialError) return error.denial
  if (error instanceof RefusalError) return { status: error.status, error: error.error }
  if (error instanceof FaultError) {
    const { kind, code, message, next } = error.fault
    return { status: FAULT_STATUS[kind] ?? 503, error: { code, message, ...(next === undefined ? {} : { next }) } }
  }
  const next = ports.lifeCycle.reportInternal(error, during)
  return { status: 500, error: { code: 'MP9001', message: `minipaas failed unexpectedly during ${during}`, next } }
}

/** One diagnostic for each place of a request that is not of the expected form. */
export function malformed(error: z.ZodError, what: string): Denial {
  const diagnostics = error.issues.map((issue): ShownDiagnostic => {
    const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
    return { code: 'MP8022', severity: 'error', message: `${path.replace(/^\./, '') || what}: ${issue.message}` }
  })
  const message = `the ${what} is not of the expected form`
  const next = 'a client and a daemon of different versions do this: run `minipaas version`'
  return { status: 400, error: { code: 'MP8022', message, next, diagnostics } }
}
