import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CommandSpec } from '../../../src/cli/catalogue/command-spec.ts'
import { COMMANDS } from '../../../src/cli/catalogue/commands.ts'
import type { Host } from '../../../src/cli/invocation.ts'
import { type PlainArguments, readPlainArguments } from '../../../src/cli/plain-arguments.ts'
import { runProgram } from '../../../src/cli/program.ts'

const silent = { write: () => {}, isTTY: false, columns: 80, rows: 24 }
const host = { io: { stdout: silent, stderr: silent }, place: { home: '/', program: '', version: '1' } } as unknown as Host

/** What commander makes of the arguments; undefined when it refuses them or shows help. */
async function readByCommander(spec: CommandSpec, args: readonly string[]): Promise<PlainArguments | undefined> {
  let read: PlainArguments | undefined
  const run = async (_spec: CommandSpec, found: PlainArguments): Promise<number> => {
    read = found
    return 0
  }
  await runProgram({ args: [spec.name, ...args], host, commands: [spec], run })
  return read
}

/** Commander fills in `true` for an option that can only be switched off. */
function withoutDefaults({ operands, values }: PlainArguments): PlainArguments {
  return { operands, values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== true)) }
}

const commands = COMMANDS.filter((spec) => spec.passesOn !== true)
const flags = [
  ...new Set(
    [...commands.flatMap(({ options = [] }) => options), { flags: '-p, --project-name' }, { flags: '--file --format --ansi' }].flatMap(
      (option) => option.flags.match(/-{1,2}[a-z-]+/gi) ?? [],
    ),
  ),
]
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...flags) },
  { weight: 2, arbitrary: fc.constantFrom('web', 'api', 'web=3', '7', '10m', 'json', 'text', 'auto', 'always', '') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '-',
      '--',
      '-h',
      '--help',
      '-aq',
      '-n5',
      '--tail=3',
      '--format=json',
      '--all=1',
      '--unknown',
      '-x',
      '--no-',
      '--file=-',
    ),
  },
)

test('what is read without commander is what commander reads', async () => {
  let plain = 0
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...commands), fc.array(word, { maxLength: 5 }), async (spec, args) => {
      const read = readPlainArguments(spec, args)
      if (read === undefined) return
      plain++
      const expected = await readByCommander(spec, args)
      expect(expected).toBeDefined()
      expect(withoutDefaults(read)).toEqual(withoutDefaults(expected ?? read))
      for (const [name, value] of Object.entries(read.values)) expect(expected?.values[name]).toEqual(value)
    }),
    { numRuns: 3000 },
  )
  expect(plain).toBeGreaterThan(100)
})
