import type { ExecOptions } from '../../../../src/model/engine.ts'

/** Variables that a caller adds to a command: values only, references were resolved by whoever asked. A terminal has a kind. */
export function environmentOf({ env = [], tty }: Pick<ExecOptions, 'env' | 'tty'>): string[] {
  const values = env.flatMap(({ name, value }) => (typeof value === 'string' ? [`${name}=${value}`] : []))
  return [...(tty === undefined ? [] : ['TERM=xterm-256color']), ...values]
}
