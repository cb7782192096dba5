import type { Instant } from '../../../../../src/kernel/instant.ts'

/** What a container has used so far, at one moment. */
export interface Usage {
  readonly at: Instant
  /** Processor time since its start, in nanoseconds. */
  readonly cpuNanos: number
  /** Without what the kernel could drop of files, as `docker stats` counts. */
  readonly memoryBytes: number
}

/** Measures one container. */
export interface Meter {
  /** Undefined when the container is over. */
  read(signal: AbortSignal): Promise<Usage | undefined>
  close(): void
}
