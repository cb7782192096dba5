import type { Code } from './diagnostic.ts'

export type FaultKind = 'not-found' | 'conflict' | 'in-use' | 'unavailable' | 'denied' | 'invalid' | 'timeout' | 'cancelled' | 'internal'

/** The world's fault: what happened, and whether trying again can help. Serialisable. */
export interface Fault {
  readonly kind: FaultKind
  readonly code: Code
  /** What happened and why; one or two sentences. */
  readonly message: string
  /** What the user can do next. */
  readonly next?: string
  readonly retry: 'soon' | 'backoff' | 'never'
}

/** Carries a fault through promises. Adapters throw it; the control shell turns it into a `stepFailed` input. */
export class FaultError extends Error {
  readonly fault: Fault

  constructor(fault: Fault, options?: { readonly cause?: unknown }) {
    super(fault.message, options)
    this.name = 'FaultError'
    this.fault = fault
  }
}

/** Our own fault: an invariant that does not hold. The only thing that is thrown on purpose besides faults. */
export class InternalError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'InternalError'
  }
}

/** Whatever was thrown, as a fault. */
export function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault
  if (error instanceof Error && error.name === 'AbortError')
    return { kind: 'cancelled', code: 'MP9002', message: 'cancelled', retry: 'soon' }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { kind: 'internal', code: 'MP9001', message, retry: 'backoff' }
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`)
}
