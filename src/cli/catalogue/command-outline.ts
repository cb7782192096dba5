export interface OptionSpec {
  /** As commander writes it: `-f, --file <path>`. */
  readonly flags: string
  readonly summary: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly repeatable?: true
}

/** What a command looks like from outside. */
export interface CommandOutline {
  readonly name: string
  readonly summary: string
  /** As commander writes them: `[component...]`. */
  readonly operands?: string
  readonly options?: readonly OptionSpec[]
}

export const fileOption: OptionSpec = {
  flags: '-f, --file <path>',
  summary: 'model file or directory; - is standard input',
  repeatable: true,
}

export const strictOption: OptionSpec = { flags: '--strict', summary: 'what is known but not simulated is an error' }
export const engineOption: OptionSpec = {
  flags: '--engine <engine>',
  summary: 'where replicas run',
  choices: ['auto', 'docker', 'process'],
}

/** Options that every command takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-p, --project-name <name>', summary: "environment; default: the project directory's name" },
  { flags: '--project-directory <path>', summary: 'default: beside the first model file, else the current directory' },
  { flags: '--file <path>', summary: fileOption.summary, repeatable: true },
  { flags: '--env-file <path>', summary: 'file with variables for the overlay', repeatable: true },
  { flags: '--format <format>', summary: 'output format', choices: ['text', 'json'] },
  { flags: '--ansi <when>', summary: 'colours and redrawn lines', choices: ['never', 'always', 'auto'] },
]
