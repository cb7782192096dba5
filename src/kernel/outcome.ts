import type { Diagnostic } from './diagnostic.ts'

/** A value may exist together with warnings; an absent value always comes with an error. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

export function succeed<T>(value: T, diagnostics: readonly Diagnostic[] = []): Outcome<T> {
  return { ok: true, value, diagnostics }
}

/** An outcome without a value. The diagnostics must contain at least one error. */
export function fail(...diagnostics: readonly Diagnostic[]): { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  return { ok: false, diagnostics }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

/** The value when no diagnostic is an error, otherwise the diagnostics alone. */
export function conclude<T>(value: T, diagnostics: readonly Diagnostic[]): Outcome<T> {
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics }
}

/** Collects diagnostics over several steps and unwraps values as it goes. */
export class Collector {
  readonly diagnostics: Diagnostic[] = []

  add(...diagnostics: readonly Diagnostic[]): void {
    this.diagnostics.push(...diagnostics)
  }

  /** Keeps the outcome's diagnostics and returns its value, or undefined when it has none. */
  take<T>(outcome: Outcome<T>): T | undefined {
    this.diagnostics.push(...outcome.diagnostics)
    return outcome.ok ? outcome.value : undefined
  }

  conclude<T>(value: T): Outcome<T> {
    return conclude(value, this.diagnostics)
  }
}
