import { setFlagsFromString } from 'node:v8'

/**
 * A daemon waits most of its life, so memory counts for more than speed: no machine code, and byte code that has
 * not run for two collections is dropped. Flags that a later V8 does not know have no effect here; on the command line they would be errors.
 */
const FLAGS = ['--optimize-for-size', '--no-opt', '--no-sparkplug', '--bytecode-old-age=2'] as const

export function preferSmallMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}

/** Collects garbage, where the process was started with `--expose-gc`. */
export function collectGarbage(): void {
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
}
