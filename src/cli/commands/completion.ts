import { EXIT_CODES } from '../../wire/answers.ts'
import { type CommandOutline, GLOBAL_OPTIONS, type OptionSpec } from '../catalogue/command-outline.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'

const SHELLS: Readonly<Record<string, (commands: readonly CommandOutline[]) => string>> = { bash, zsh, fish }

/** Prints a completion script of command names and options for a shell. */
export async function completion(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const shell = invocation.operands[0] ?? ''
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
  if (script === undefined) throw refuseUsage(`completion: "${shell}" is none of ${Object.keys(SHELLS).join(', ')}`)
  io.stdout.write(script(invocation.commands))
  return EXIT_CODES.ok
}

function flagsOf(options: readonly OptionSpec[]): readonly string[] {
  return options.flatMap((option) => option.flags.split(/, /).map((flag) => flag.split(' ')[0] ?? ''))
}

function bash(commands: readonly CommandOutline[]): string {
  const cases = commands.map(
    (command) => `    ${command.name}) words="${flagsOf([...(command.options ?? []), ...GLOBAL_OPTIONS]).join(' ')}" ;;`,
  )
  return [
    '# minipaas completion bash > /etc/bash_completion.d/minipaas',
    '_minipaas() {',
    '  local current="$2" words command',
    '  read -r _ command _ <<< "$COMP_LINE"',
    '  case "$command" in',
    ...cases,
    `    *) words="${commands.map((command) => command.name).join(' ')}" ;;`,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map((command) => command.name).join(' ')} ${flagsOf(GLOBAL_OPTIONS).join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _minipaas minipaas',
    '',
  ].join('\n')
}

function zsh(commands: readonly CommandOutline[]): string {
  const described = commands.map((command) => `    '${command.name}:${quoted(command.summary)}'`)
  const cases = commands.map(
    (command) => `    ${command.name}) compadd -- ${flagsOf([...(command.options ?? []), ...GLOBAL_OPTIONS]).join(' ')} ;;`,
  )
  return [
    '#compdef minipaas',
    '_minipaas() {',
    '  local -a commands',
    '  commands=(',
    ...described,
    '  )',
    "  if (( CURRENT == 2 )); then _describe 'command' commands; return; fi",
    '  case "$words[2]" in',
    ...cases,
    '  esac',
    '  _files',
    '}',
    'compdef _minipaas minipaas',
    '',
  ].join('\n')
}

function fish(commands: readonly CommandOutline[]): string {
  const names = commands.map((command) => command.name).join(' ')
  const lines = commands.map(
    (command) => `complete -c minipaas -n "not __fish_seen_subcommand_from ${names}" -a ${command.name} -d '${quoted(command.summary)}'`,
  )
  const options = commands.flatMap((command) =>
    (command.options ?? []).map(
      (option) =>
        `complete -c minipaas -n "__fish_seen_subcommand_from ${command.name}" ${fishFlags(option)} -d '${quoted(option.summary)}'`,
    ),
  )
  return `${[...lines, ...options, ...GLOBAL_OPTIONS.map((option) => `complete -c minipaas ${fishFlags(option)} -d '${quoted(option.summary)}'`)].join('\n')}\n`
}

function fishFlags(option: OptionSpec): string {
  return flagsOf([option])
    .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    .join(' ')
}

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''")
}
