import { expect, test } from '@jest/globals'
import { compileFormula, evaluateModifiers } from '../../../../../src/scaling/index.ts'

const triggers = ['queue', 'http', 'my-queue', 'count']

function problem(formula: string): string {
  const result = compileFormula({ formula, triggers })
  if (result.ok) return 'none'
  const { line, column, message, hint } = result.problem
  return `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`
}

test.each([
  ['', '1:1 the formula is empty (for example (queue + http) / 2)'],
  ['queue +', '1:8 a value was expected, but the formula ends (a number, a trigger\'s name or a "(")'],
  ['queue queue', '1:7 "queue" does not belong here (an operator is missing before it)'],
  ['(queue', '1:7 a ")" is missing (each bracket that opens has to close)'],
  ['queue @ 2', '1:7 "@" has no meaning in a formula (names are letters, digits, _ and $)'],
  ['queue = 2', '1:7 "=" does not belong here (compare with "==")'],
  ['queue & 2', '1:7 "&" has no meaning in a formula (write "&&" or "and"; for bits use bitand(a, b))'],
  ['2queue', '1:1 "2q" is no number (a name begins with a letter; write "*" between a number and a name)'],
  ['"abc', '1:1 this text is not closed (end it with ")'],
  ['/* abc', '1:1 this comment is not closed (end it with */)'],
  [
    '99999999999999999999',
    '1:1 99999999999999999999 is too large for a whole number (the largest is 9223372036854775807; write it as a float (1e20))',
  ],
  ['quue + 1', '1:1 no trigger is named "quue" (did you mean "queue"?)'],
  ['redis + 1', '1:1 no trigger is named "redis" (names are queue, http, my-queue, count)'],
  [
    'my-queue + 1',
    '1:1 no trigger is named "my" ("my-queue" reads as a calculation: write $env["my-queue"], or rename the trigger with _)',
  ],
  ['queue +\n  quue', '2:3 no trigger is named "quue" (did you mean "queue"?)'],
  ['avg(queue, http)', '1:1 there is no function "avg" (did you mean "mean"?)'],
  ['ceiling(queue)', '1:1 there is no function "ceiling"'],
  ['now()', '1:1 now cannot be used in a formula here (a formula depends on the values of its triggers only)'],
  [
    'count([queue], # > 1)',
    '1:1 "count" is the name of a trigger here, and hides the function (rename the trigger, or write ::count(...))',
  ],
  ['::count([queue], # > 1)', 'none'],
  ['max', '1:1 max is a function (call it: max(...))'],
  ['queue(2)', '1:1 "queue" is the name of a trigger here, and hides the function (rename the trigger, or write ::queue(...))'],
  [
    'queue % 2',
    '1:7 "%" cannot be used with a number and a whole number (what a trigger gives is a float, and "%" takes whole numbers: write int(a) % 2)',
  ],
  ['queue > 1 && 2', '1:11 "and" cannot be used with true or false and a whole number'],
  ['queue ? 1 : 2', '1:1 a condition is true or false, not a number (compare it: a > 0 ? 1 : 2)'],
  ['queue > 1 ? 1', '1:14 ":" was expected, but the formula ends (a choice needs both sides: condition ? then : otherwise)'],
  ['queue > 1', '1:1 the formula must give a number (float cannot be used with true or false; a choice does: a > 0 ? 1 : 0)'],
  ['[queue, http]', '1:1 the formula must give a number (float cannot be used with an array; a choice does: a > 0 ? 1 : 0)'],
  ['queue ?? 1 + 2', '1:12 "??" and "+" cannot be mixed without brackets (write (a ?? 0) + b)'],
  [
    'queue + 1 // why',
    '1:17 a ")" is missing (KEDA puts a bracket behind a formula, and a "//" comment swallows it: use /* ... */ or none)',
  ],
  ['#', '1:1 "#" means nothing here ("#" is the element inside filter, map, count and the like)'],
  ['filter([queue])', '1:15 filter needs a predicate (write filter(array, # > 1))'],
  ['filter([queue], 1)', '1:17 the predicate of filter must be true or false, not a whole number (write filter([a, b], # > 1))'],
  ['filter(queue, # > 1)', '1:8 filter needs an array, not a number (write filter([a, b], # > 1))'],
  ['abs(1, 2)', '1:1 abs takes 1 value, not 2 (write abs(a))'],
  ['round("a")', '1:1 round cannot be used with a text (write round(a))'],
  ['queue.length', '1:7 a number has no parts (only arrays and maps have: a point in a trigger\'s name needs $env["my.trigger"])'],
  ['queue.max()', '1:10 a method cannot be called here, but here is "(" (functions are called as max(a, b))'],
  ['$env["nope"]', '1:6 no trigger is named "nope" (names are queue, http, my-queue, count)'],
  ['$env["my-queue"] + 1', 'none'],
  [
    'queue matches "a"',
    '1:7 "matches" cannot be used in a formula (a formula computes with numbers; for texts there are contains, startsWith and endsWith)',
  ],
  ['let queue = 1; queue', '1:5 "queue" has a meaning already (give the value of "let" another name)'],
  ['let x = queue', '1:14 ";" was expected, but the formula ends (the value of "let" ends with ";", then comes the formula that uses it)'],
  ['nil + 1', '1:5 "+" cannot be used with nil and a whole number'],
  ['1 < "a"', '1:3 "<" cannot be used with a whole number and a text'],
  ['if queue > 1 { 2 }', '1:19 "else" was expected, but the formula ends ("if" needs its "else": if a > 1 { 2 } else { 3 })'],
])('%s: %s', (formula, expected) => {
  expect(problem(formula)).toBe(expected)
})

test.each([
  [
    'queue + http',
    { queue: null, http: 1 },
    '"+" cannot be used with nil and a number (nil is what a failing trigger gives: write (a ?? 0) for a value in its place)',
  ],
  ['int(queue) % int(http)', { queue: 4, http: 0 }, '"%" divides by zero (the right side must not be 0)'],
  ['[queue][3]', { queue: 4 }, 'the array has 1 elements, none at 3 (the first is 0, the last -1)'],
  ['sum(map(1..50, 1..90000) | flatten())', {}, 'the formula makes more than 1000000 values (use smaller ranges)'],
  ['count(1..90000, any(1..90000, # > 90000))', {}, 'the formula takes more than 200000 steps (use smaller ranges)'],
  [
    'float(queue) > 1 ? 2 : 3',
    { queue: 4 },
    'the formula gives a whole number; KEDA takes only a float (KEDA casts a formula by itself unless it begins with "float(": put float(...) around the whole of it)',
  ],
  ['queue ?? nil', { queue: null }, 'the formula gives nil and there is no fallback (end it with a value: a ?? b ?? 5)'],
])('%s with %j: %s', (formula, values, expected) => {
  const result = evaluateModifiers({ formula, values: values as Record<string, number | null> })
  expect(result.ok ? result.value : `${result.problem.message} (${result.problem.hint})`).toBe(expected)
})
