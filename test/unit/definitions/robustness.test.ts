import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { builtinPlugins } from '../../../src/definitions/builtin.ts'
import { describe } from '../../../src/definitions/describe.ts'
import { parseExpression } from '../../../src/definitions/expression.ts'
import { hasErrors } from '../../../src/kernel/outcome.ts'
import { resolve } from './component-source.ts'
import { withAndWithout } from './parameter-samples.ts'

const image = 'shop/web:1'
const definitions = builtinPlugins.flatMap((plugin) => plugin.definitions)
const origin = { file: 'app.yaml', doc: 0, path: [] }

/** Valid parameters with one member, anywhere, replaced by something else. */
function damage(params: unknown, value: unknown, at: number): unknown {
  if (typeof params !== 'object' || params === null) return value
  const keys = Object.keys(params)
  const key = keys[at % Math.max(keys.length, 1)]
  if (key === undefined) return value
  const damaged = damage((params as Readonly<Record<string, unknown>>)[key], value, Math.floor(at / 3))
  return Array.isArray(params) ? params.with(Number(key), damaged) : { ...params, [key]: damaged }
}

test('no parameters make a definition throw, and a refusal always comes with an error', () => {
  const samples = definitions.flatMap((definition) =>
    describe(definition).map(({ path }) => ({ definition, params: withAndWithout(definition.parameters.node, path.split('.')).with })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.jsonValue({ maxDepth: 3 }), fc.nat(100), ({ definition, params }, value, at) => {
      for (const written of [value, damage(params, value, at)]) {
        const outcome =
          definition.kind === 'component'
            ? resolve({ type: definition.type.replace('*', 'x'), properties: written })
            : definition.kind === 'trait'
              ? resolve({ properties: { image }, traits: [{ type: definition.type, properties: written }] })
              : definition.check(written, origin)
        expect(outcome.ok).toBe(!hasErrors(outcome.diagnostics))
      }
    }),
    { numRuns: 1500, seed: 7 },
  )
})

test('no text makes the expression reader throw', () => {
  const text = fc.array(fc.constantFrom('output', '.', '[', ']', '+', '"', 'a', '0', '(', ')', ' ', '\\', '1.5', '-'), { maxLength: 12 })
  fc.assert(
    fc.property(text, (parts) => {
      const outcome = parseExpression(parts.join(''))
      expect(outcome.ok).toBe(!hasErrors(outcome.diagnostics))
    }),
    { numRuns: 2000, seed: 7 },
  )
})
