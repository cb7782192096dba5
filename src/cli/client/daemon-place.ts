/** Where the daemon is found, and what is started when there is none. */
export interface DaemonPlace {
  /** State directory, absolute. */
  readonly home: string
  /** Path of the daemon's program. */
  readonly program: string
  /** Version of this command line. */
  readonly version: string
}

/**
 * `existing`: a command that only reads; a daemon is started only when something is remembered that it can adopt.
 * `start`: a daemon is started when there is none. `any-version`: as `start`, but a daemon of another version stays.
 */
export type ConnectPolicy = 'existing' | 'start' | 'any-version'
