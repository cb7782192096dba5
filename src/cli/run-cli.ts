import { EXIT_CODES } from '../wire/answers.ts'
import type { CommandSpec } from './catalogue/command-spec.ts'
import { COMMANDS } from './catalogue/commands.ts'
import { DaemonClient } from './client/client.ts'
import { resolveGlobals } from './globals.ts'
import type { Globals, Host } from './invocation.ts'
import { Options } from './options.ts'
import { type PlainArguments, readPlainArguments } from './plain-arguments.ts'
import { RefusalError } from './refusal-error.ts'

/** Runs one call of the command line (arguments without the program's name) and returns its exit code. */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  const named = COMMANDS.find((spec) => spec.name === args[0])
  const plain = named === undefined || named.passesOn === true ? undefined : readPlainArguments(named, args.slice(1))
  if (named !== undefined && plain !== undefined) return await runCommand(named, plain, host)
  const { runProgram } = await import('./program.ts')
  return await runProgram({
    args,
    host,
    commands: named === undefined ? COMMANDS : [named],
    run: (spec, read) => runCommand(spec, read, host),
  })
}

async function runCommand(spec: CommandSpec, { operands, values }: PlainArguments, host: Host): Promise<number> {
  const { io } = host
  const options = new Options(values)
  let globals: Globals | undefined
  try {
    globals = resolveGlobals(options, io)
    const client = new DaemonClient(globals.environment, { place: host.place, io, policy: spec.policy })
    const command = await spec.load()
    return await command({ operands, options, globals, host, commands: COMMANDS }, io, client)
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error
    const { writeRefusal } = await import('./render/refusal.ts')
    writeRefusal(error, { io, format: globals?.format ?? 'text', ...(globals === undefined ? {} : { paint: globals.err }) })
    return EXIT_CODES[error.exit]
  }
}
