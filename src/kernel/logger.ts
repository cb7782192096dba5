export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Fields the design names: app, component, revision, replica, step, code; any others are allowed. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Adapters print; everybody else only has this. Never pass secret values. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void
  /** A logger that adds fields to each line. */
  with(fields: LogFields): Logger
}

export const silentLogger: Logger = { log: () => {}, with: () => silentLogger }
