import { Command, CommanderError, Option } from 'commander'
import { EXIT_CODES } from '../wire/answers.ts'
import { GLOBAL_OPTIONS, type OptionSpec } from './catalogue/command-outline.ts'
import type { CommandSpec } from './catalogue/command-spec.ts'
import { COMMANDS } from './catalogue/commands.ts'
import { DaemonClient } from './client/client.ts'
import { resolveGlobals } from './globals.ts'
import type { Globals, Host } from './invocation.ts'
import { Options } from './options.ts'
import { RefusalError } from './refusal-error.ts'

/** Runs one call of the command line (arguments without the program's name) and returns its exit code. */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  let exitCode: number = EXIT_CODES.ok
  // Making all commands takes longer than anything else here, and one call needs one of them.
  const named = COMMANDS.filter((spec) => spec.name === args[0])
  const root = createProgram(host, named.length === 0 ? COMMANDS : named, async (spec, operands, values) => {
    exitCode = await runCommand({ spec, operands, values, host })
  })
  try {
    await root.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage
    throw error
  }
}

type Run = (spec: CommandSpec, operands: readonly string[], values: Readonly<Record<string, unknown>>) => Promise<void>

/** The commander program with these commands; only `run` does something. */
function createProgram(host: Host, commands: readonly CommandSpec[], run: Run): Command {
  const root = new Command('minipaas')
    .description('Runs an OAM (KubeVela) Application locally.')
    .usage('[options] <command>')
    .version(host.place.version, '--version', 'print the version of this program')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
  withOutput(root, host)
  for (const option of GLOBAL_OPTIONS)
    root.addOption(toOption(option.flags.startsWith('--file') ? { ...option, flags: `-f, ${option.flags}` } : option))
  for (const spec of commands) root.addCommand(createCommand(spec, root, run))
  return root
}

function createCommand(spec: CommandSpec, root: Command, run: Run): Command {
  const command = new Command(spec.name).description(spec.summary).copyInheritedSettings(root)
  if (spec.operands !== undefined) command.arguments(spec.operands.replace(/<[^<>]*\|[^<>]*>/, '<action>'))
  const own = spec.options ?? []
  for (const option of own) command.addOption(toOption(option))
  const taken = new Set(own.flatMap((option) => option.flags.split(/[ ,]+/)))
  for (const option of GLOBAL_OPTIONS) {
    const flags = option.flags.split(', ').filter((flag) => !taken.has(flag.split(' ')[0] ?? ''))
    if (flags.length > 0) command.addOption(toOption({ ...option, flags: flags.join(', ') }).hideHelp())
  }
  if (spec.passesOn === true) command.passThroughOptions()
  command.addHelpText('after', `${spec.notes === undefined ? '' : `\n${spec.notes}\n`}\nOptions of every command: minipaas --help`)
  command.action(async () => {
    await run(spec, command.args, merge(root.opts(), command.opts()))
  })
  return command
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

function withOutput(command: Command, host: Host): void {
  const { io } = host
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHelpWidth: () => Math.min(io.stdout.columns, 120),
    getErrHelpWidth: () => Math.min(io.stderr.columns, 120),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
}

interface Call {
  readonly spec: CommandSpec
  readonly operands: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
  readonly host: Host
}

async function runCommand(call: Call): Promise<number> {
  const { spec, host } = call
  const { io } = host
  const options = new Options(call.values)
  let globals: Globals | undefined
  try {
    globals = resolveGlobals(options, io)
    const client = new DaemonClient(globals.environment, { place: host.place, io, policy: spec.policy })
    const command = await spec.load()
    return await command({ operands: call.operands, options, globals, host, commands: COMMANDS }, io, client)
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error
    const { writeRefusal } = await import('./render/refusal.ts')
    writeRefusal(error, { io, format: globals?.format ?? 'text', ...(globals === undefined ? {} : { paint: globals.err }) })
    return EXIT_CODES[error.exit]
  }
}
