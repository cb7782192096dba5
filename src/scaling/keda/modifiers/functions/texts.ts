import type { StaticType } from '../static-type.ts'
import { arrayOf } from '../static-type.ts'
import { isArray, isMap, typeOf, type Value } from '../value.ts'
import { type Call, type FormulaFunction, maybe, refuse } from './formula-function.ts'

/** Functions over texts (upstream: expr-lang/expr builtin). */
export const textFunctions: Readonly<Record<string, FormulaFunction>> = {
  upper: ofTexts('upper("a")', 1, 'string', ([text]) => text.toUpperCase()),
  lower: ofTexts('lower("A")', 1, 'string', ([text]) => text.toLowerCase()),
  trim: { ...ofTexts('trim(" a ")', 1, 'string', ([text, letters]) => trimmed(text, letters)), most: 2 },
  trimPrefix: ofTexts('trimPrefix("abc", "a")', 2, 'string', ([text, prefix]) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimSuffix: ofTexts('trimSuffix("abc", "c")', 2, 'string', ([text, suffix]) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  hasPrefix: ofTexts('hasPrefix("abc", "a")', 2, 'bool', ([text, prefix]) => text.startsWith(prefix)),
  hasSuffix: ofTexts('hasSuffix("abc", "c")', 2, 'bool', ([text, suffix]) => text.endsWith(suffix)),
  indexOf: ofTexts('indexOf("abc", "b")', 2, 'int', ([text, part]) => BigInt(text.indexOf(part))),
  lastIndexOf: ofTexts('lastIndexOf("abc", "b")', 2, 'int', ([text, part]) => BigInt(text.lastIndexOf(part))),
  split: ofTexts('split("a,b", ",")', 2, arrayOf('string'), ([text, delimiter]) => text.split(delimiter)),
  replace: ofTexts('replace("abc", "a", "b")', 3, 'string', ([text, old, fresh], call) => {
    const places = old === '' ? text.length + 1 : text.length / old.length
    call.budget.cell(call.at, text.length + places * fresh.length)
    return text.replaceAll(old, () => fresh)
  }),
  repeat: {
    usage: 'repeat("a", 3)',
    least: 2,
    most: 2,
    type: ([text, count]) => (maybe(text, 'string') && maybe(count, 'int') ? 'string' : undefined),
    run: ([text = null, count = null], call) => {
      if (typeof text !== 'string') throw refuse(call, text, 'a text')
      if (typeof count !== 'bigint' || count < 0n) throw refuse(call, count, 'a whole number from 0')
      call.budget.cell(call.at, text.length * Number(count))
      return text.repeat(text === '' ? 0 : Number(count))
    },
  },
  join: {
    usage: 'join(["a", "b"], ",")',
    least: 1,
    most: 2,
    type: ([of, glue]) => (maybe(of, 'array') && maybe(glue, 'string') ? 'string' : undefined),
    run: ([of = null, glue = ''], call) => {
      if (!isArray(of) || !of.every((item) => typeof item === 'string')) throw refuse(call, of, 'an array of texts')
      if (typeof glue !== 'string') throw refuse(call, glue, 'a text between them')
      call.budget.cell(
        call.at,
        of.reduce((sum, item) => sum + item.length + glue.length, 0),
      )
      return of.join(glue)
    },
  },
  string: { usage: 'string(a)', least: 1, most: 1, type: () => 'string', run: ([value = null], call) => written(value, call) },
  type: { usage: 'type(a)', least: 1, most: 1, type: () => 'string', run: ([value = null]) => kindOf(value) },
}

type Texts = readonly [string, string, string]

function ofTexts(usage: string, count: number, type: StaticType, run: (texts: Texts, call: Call) => Value): FormulaFunction {
  return {
    usage,
    least: count,
    most: count,
    type: (args) => (args.every((argument) => maybe(argument, 'string')) ? type : undefined),
    run: (args, call) => {
      for (const argument of args) if (typeof argument !== 'string') throw refuse(call, argument, 'texts')
      const [first = '', second = '', third = ''] = args as readonly string[]
      call.budget.cell(call.at, first.length)
      return run([first, second, third], call)
    },
  }
}

function trimmed(text: string, letters: string): string {
  if (letters === '') return text.trim()
  const unwanted = new Set(letters)
  const kept = [...text]
  const first = kept.findIndex((letter) => !unwanted.has(letter))
  return first < 0 ? '' : kept.slice(first, kept.findLastIndex((letter) => !unwanted.has(letter)) + 1).join('')
}

function kindOf(value: Value): string {
  const type = typeOf(value)
  return typeof type === 'object' ? 'array' : type
}

/** As Go prints it: `[1 2]`, `map[a:1]`, `<nil>`, exponents below 10^-4 and from 10^6 on. */
function written(value: Value, call: Call, depth = 0): string {
  call.budget.into(call.at, depth)
  if (value === null) return '<nil>'
  if (typeof value === 'number') return floatText(value)
  const inner = (item: Value): string => written(item, call, depth + 1)
  const text = isArray(value)
    ? `[${value.map(inner).join(' ')}]`
    : isMap(value)
      ? `map[${[...value].map(([key, item]) => `${inner(key)}:${inner(item)}`).join(' ')}]`
      : String(value)
  call.budget.cell(call.at, text.length)
  return text
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value === 0 || (power >= -4 && power < 6)) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
