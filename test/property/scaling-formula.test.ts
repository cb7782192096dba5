import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileFormula, evaluateModifiers } from '../../src/scaling/index.ts'

const words = [
  ...[
    'queue',
    'http',
    'none',
    'nope',
    '#',
    '#acc',
    '#index',
    '$env',
    'nil',
    'true',
    'false',
    '1',
    '2.5',
    '0x1f',
    '"a"',
    "'b'",
    '`c`',
    '1e308',
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '%',
    '**',
    '^',
    '==',
    '!=',
    '<',
    '>',
    '<=',
    '>=',
    'and',
    'or',
    'not',
    '!',
    '&&',
    '||',
    '??',
    '?',
    ':',
    '?.',
    '.',
    '..',
    '|',
    ',',
    ';',
    '=',
  ],
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    'in',
    'contains',
    'startsWith',
    'endsWith',
    'matches',
    'let x =',
    'if',
    'else',
    '//',
    '/*',
    '*/',
    '\n',
    '"',
    '\\',
    '@',
    'é',
  ],
  ...[
    'max(',
    'min(',
    'mean(',
    'sum(',
    'count(',
    'filter(',
    'map(',
    'sort(',
    'sortBy(',
    'reduce(',
    'groupBy(',
    'first(',
    'last(',
    'len(',
    'repeat(',
    'int(',
    'float(',
    'round(',
  ],
]
const values = { queue: 7, http: 2.5, none: null }

/** Any text at all, and texts made of the language's own words, which get further. */
const formula = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join(' ')),
)

test('any text gives a value or a problem at a place inside it, never anything else', () => {
  fc.assert(
    fc.property(formula, (text) => {
      const result = evaluateModifiers({ formula: text, values })
      if (result.ok) {
        expect(typeof result.value).toBe('number')
        expect(Number.isInteger(result.quantityMilli) && result.quantityMilli >= 0).toBe(true)
        return
      }
      const { line, column, message } = result.problem
      const lines = text.split('\n')
      expect(line >= 1 && line <= lines.length).toBe(true)
      expect(column >= 1 && column <= (lines[line - 1] ?? '').length + 1).toBe(true)
      expect(message).not.toMatch(/undefined|\[object|_kedaCompositeResult/)
    }),
    { numRuns: 4000 },
  )
})

test('the same text and values give the same', () => {
  fc.assert(
    fc.property(formula, (text) =>
      expect(evaluateModifiers({ formula: text, values })).toEqual(evaluateModifiers({ formula: text, values })),
    ),
  )
})

test.each([
  ['brackets', (n: number) => `${'('.repeat(n)}1${')'.repeat(n)}`],
  ['open brackets', (n: number) => '('.repeat(n)],
  ['arrays', (n: number) => `len(${'['.repeat(n)}1${']'.repeat(n)})`],
  ['signs', (n: number) => `${'- '.repeat(n)}1`],
  ['sums', (n: number) => `1${' + 1'.repeat(n)}`],
  ['powers', (n: number) => `1${' ** 1'.repeat(n)}`],
  ['choices', (n: number) => `${'true ? 1 : '.repeat(n)}1`],
  ['conditions', (n: number) => `${'if true {1} else '.repeat(n)}{1}`],
  ['declarations', (n: number) => `${Array.from({ length: n }, (_, index) => `let v${index} = 1; `).join('')}1`],
  ['pipes', (n: number) => `[1]${' | map(#)'.repeat(n)} | sum()`],
  ['members', (n: number) => `$env${'.a'.repeat(n)}`],
  ['optional members', (n: number) => `$env${'?.a'.repeat(n)} ?? 1`],
  ['elements', (n: number) => `[1]${'[0]'.repeat(n)}`],
  ['calls', (n: number) => `${'abs('.repeat(n)}1${')'.repeat(n)}`],
  ['predicates', (n: number) => `${'sum([1], '.repeat(n)}1${')'.repeat(n)}`],
  ['comparisons', (n: number) => `1${' < 2'.repeat(n)} ? 1 : 0`],
  ['nils', (n: number) => `nil${' ?? nil'.repeat(n)} ?? 1`],
  ['comments', (n: number) => `${'/* a */ '.repeat(n)}1`],
])('%s of any depth end with a value or a problem', (_name, make) => {
  for (const depth of [1, 10, 190, 1000, 5000]) {
    const result = evaluateModifiers({ formula: make(depth), values })
    expect(result.ok || result.problem.message.length > 0).toBe(true)
    if (depth === 1) expect(result).toMatchObject({ ok: !['open brackets', 'members'].includes(_name) })
  }
})

test('costly formulas are stopped', () => {
  for (const text of [
    'sum(map(1..1000, sum(map(1..1000, #))))',
    'sum(1..9000000000000000000)',
    'len(repeat("a", 9000000000000))',
    'len(repeat(repeat("abcdefghij", 100000), 100000))',
    'len(reduce(1..1000, #acc + #acc, "ab"))',
    'len(reduce(1..1000, concat(#acc, #acc), [1, 2]))',
    'len(reduce(1..100, [#acc, #acc], [1]) | flatten())',
    'len(string(reduce(1..100, [#acc, #acc], [1])))',
    'reduce(1..100, [#acc, #acc], [1]) == reduce(1..100, [#acc, #acc], [1]) ? 1 : 0',
    'sum(flatten(reduce(1..50000, [#acc], [1])))',
    'max(reduce(1..50000, [#acc], [1]))',
    'len(string(reduce(1..50000, [#acc], [1])))',
    'reduce(1..50000, [#acc], [1]) == reduce(1..50000, [#acc], [1]) ? 1 : 0',
    'len(uniq([reduce(1..50000, [#acc], [1]), reduce(1..50000, [#acc], [1])]))',
    'max(reduce(1..100, [#acc, #acc], [1]))',
  ]) {
    expect(evaluateModifiers({ formula: text, values: {} })).toMatchObject({ ok: false })
  }
})

test('plain arithmetic is JavaScript arithmetic', () => {
  const term: fc.Arbitrary<string> = fc.letrec<{ term: string }>((tie) => ({
    term: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('queue', 'http', '1.5', '2.0', '0.25'),
      fc.tuple(tie('term'), fc.constantFrom('+', '-', '*', '/'), tie('term')).map(([left, sign, right]) => `(${left} ${sign} ${right})`),
    ),
  })).term
  fc.assert(
    fc.property(term, (text) => {
      const expected = Number(new Function('queue', 'http', `return ${text}`)(7, 2.5))
      const result = evaluateModifiers({ formula: text, values })
      expect(result.ok && result.value).toBe(expected)
    }),
  )
})

test('a formula that was read once gives what its text gives', () => {
  fc.assert(
    fc.property(formula, (text) => {
      const read = compileFormula({ formula: text, triggers: Object.keys(values) })
      const direct = evaluateModifiers({ formula: text, values })
      if (read.ok) expect(evaluateModifiers({ formula: read.compiled, values })).toEqual(direct)
      else expect(direct).toEqual({ ok: false, problem: read.problem })
    }),
  )
})
