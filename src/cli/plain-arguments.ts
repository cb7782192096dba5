import { type CommandOutline, GLOBAL_OPTIONS, type OptionSpec } from './catalogue/command-outline.ts'

/** What was written after a command's name. */
export interface PlainArguments {
  readonly operands: readonly string[]
  /** By long name in camel case, as commander names them. */
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Reads arguments that leave no question open; undefined for anything else (help, mistakes, `--`, grouped letters),
 * which is then commander's to read or to refuse. Loading commander takes longer than all that `ps` does by itself.
 */
export function readPlainArguments(outline: CommandOutline, args: readonly string[]): PlainArguments | undefined {
  const own = outline.options ?? []
  const operands: string[] = []
  const values: Record<string, unknown> = {}
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? ''
    if (!word.startsWith('-')) {
      operands.push(word)
      continue
    }
    const split = word.startsWith('--') ? word.indexOf('=') : -1
    const flag = split < 0 ? word : word.slice(0, split)
    // A command's own option hides a global one of the same letter.
    const option = own.find((spec) => isNamed(spec, flag)) ?? GLOBAL_OPTIONS.find((spec) => isNamed(spec, flag))
    if (option === undefined) return undefined
    if (!takesValue(option)) {
      if (split >= 0) return undefined
      values[keyOf(option)] = !longFlag(option).startsWith('--no-')
      continue
    }
    const value = split < 0 ? args[++index] : word.slice(split + 1)
    if (value === undefined || value === '' || (value.startsWith('-') && value !== '-')) return undefined
    if (option.choices !== undefined && !option.choices.includes(value)) return undefined
    const earlier = values[keyOf(option)]
    values[keyOf(option)] = option.repeatable === true ? [...(Array.isArray(earlier) ? earlier : []), value] : value
  }
  return fits(outline.operands ?? '', operands.length) ? { operands, values } : undefined
}

function isNamed(option: OptionSpec, flag: string): boolean {
  return option.flags.split(/[ ,]+/).includes(flag)
}

function takesValue(option: OptionSpec): boolean {
  return option.flags.endsWith('>')
}

function longFlag(option: OptionSpec): string {
  return option.flags.split(/[ ,]+/).find((flag) => flag.startsWith('--')) ?? ''
}

function keyOf(option: OptionSpec): string {
  return longFlag(option)
    .replace(/^--(no-)?/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `<a> [b] [c...]` against a number of operands. */
function fits(operands: string, count: number): boolean {
  const declared = operands.split(' ').filter((operand) => operand !== '')
  const required = declared.filter((operand) => operand.startsWith('<')).length
  const most = declared.some((operand) => operand.includes('...')) ? Number.POSITIVE_INFINITY : declared.length
  return count >= required && count <= most
}
