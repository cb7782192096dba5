import { Command, CommanderError, Option } from 'commander'
import { EXIT_CODES } from '../wire/answers.ts'
import { GLOBAL_OPTIONS, type OptionSpec } from './catalogue/command-outline.ts'
import type { CommandSpec } from './catalogue/command-spec.ts'
import type { Host } from './invocation.ts'
import type { PlainArguments } from './plain-arguments.ts'

export interface ProgramCall {
  readonly args: readonly string[]
  readonly host: Pick<Host, 'io' | 'place'>
  /** Those that the arguments can mean: making all of them takes a while. */
  readonly commands: readonly CommandSpec[]
  readonly run: (spec: CommandSpec, read: PlainArguments) => Promise<number>
}

/** Lets commander read the arguments, show help or refuse; returns the exit code. */
export async function runProgram(call: ProgramCall): Promise<number> {
  let exitCode: number = EXIT_CODES.ok
  const root = createRoot(call.host)
  for (const spec of call.commands) {
    const command = createCommand(spec, root)
    command.action(async () => {
      exitCode = await call.run(spec, { operands: command.args, values: merge(root.opts(), command.opts()) })
    })
    root.addCommand(command)
  }
  try {
    await root.parseAsync([...call.args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage
    throw error
  }
}

function createRoot({ io, place }: ProgramCall['host']): Command {
  const root = new Command('minipaas')
    .description('Runs an OAM (KubeVela) Application locally.')
    .usage('[options] <command>')
    .version(place.version, '--version', 'print the version of this program')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  for (const option of GLOBAL_OPTIONS) {
    const flags = option.flags.startsWith('--file') ? `-f, ${option.flags}` : option.flags
    root.addOption(toOption({ ...option, flags }))
  }
  return root
}

function createCommand(spec: CommandSpec, root: Command): Command {
  const command = new Command(spec.name).description(spec.summary).copyInheritedSettings(root)
  if (spec.operands !== undefined) command.arguments(spec.operands)
  const own = spec.options ?? []
  for (const option of own) command.addOption(toOption(option))
  const taken = new Set(own.flatMap((option) => option.flags.split(/[ ,]+/)))
  for (const option of GLOBAL_OPTIONS) {
    const flags = option.flags.split(', ').filter((flag) => !taken.has(flag.split(' ')[0] ?? ''))
    if (flags.length > 0) command.addOption(toOption({ ...option, flags: flags.join(', ') }).hideHelp())
  }
  if (spec.passesOn === true) command.passThroughOptions()
  const notes = spec.notes === undefined ? '' : `\n${spec.notes}\n`
  return command.addHelpText('after', `${notes}\nOptions of every command: minipaas --help`)
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.summary)
  if (spec.choices !== undefined) option.choices([...spec.choices])
  if (spec.repeatable === true) option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value])
  return option
}

/** What follows the command's name beats what precedes it; lists add up. */
function merge(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(after)) {
    const earlier = merged[name]
    merged[name] = Array.isArray(earlier) && Array.isArray(value) ? [...earlier, ...value] : value
  }
  return merged
}
