import { describe, expect, test } from '@jest/globals'
import type { TriggerEntry } from '../../../../src/definitions/definition.ts'
import { builtinDefinitions, builtinPlugins } from '../../../../src/definitions/index.ts'
import { placesOf } from '../../../../src/definitions/triggers/metadata-key.ts'
import type { TriggerAuthentication } from '../../../../src/model/scale-policy.ts'
import { lines } from '../component-source.ts'
import { lower, NEEDED } from './written-trigger.ts'

const entries = builtinPlugins.flatMap(({ definitions }) => definitions).filter((each): each is TriggerEntry => each.kind === 'trigger')
const keyed = entries.filter(({ metadata }) => Object.keys(metadata).length > 0)

const AUTH = 'sample'
function authentication(parameter: string): TriggerAuthentication {
  const parameters = { [parameter]: { from: 'env', name: 'X' } } as const
  return { kind: 'TriggerAuthentication', name: AUTH, parameters, notSimulated: [], origin: { file: 'app.yaml', doc: 2, path: [] } }
}

test('each type with keys has an example', () => {
  expect(keyed.map(({ type }) => type).sort()).toEqual(Object.keys(NEEDED).sort())
})

describe.each(keyed.map((entry) => ({ entry, type: entry.type })))('$type', ({ entry, type }) => {
  const needed = NEEDED[type] ?? {}
  const byHand = entry.simulation.level === 'known'

  test('what it needs is enough', () => {
    const outcome = lower({ type })
    expect(outcome.ok).toBe(true)
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(byHand ? ['MP2507'] : [])
  })

  test('without what it needs it is refused', () => {
    for (const key of Object.keys(needed)) {
      const { [key]: _, ...others } = needed
      const outcome = lower({ type, metadata: others })
      const declared = entry.metadata[key.replace(/FromEnv$/, '')]
      if (declared?.required === true) expect(lines(outcome.diagnostics).join()).toMatch(/^error MP2102 .*is missing/)
      else expect(outcome.ok || outcome.diagnostics.every(({ code }) => code === 'MP2102')).toBe(true)
    }
  })

  test.each(Object.entries(entry.metadata).map(([key, declared]) => ({ key, declared })))('knows $key', ({ key, declared }) => {
    const value = declared.examples.find((each) => each !== declared.preset) ?? 'sample'
    const { [key]: _, [`${key}FromEnv`]: __, ...others } = needed
    const places = placesOf(declared)
    const unknown = (diagnostics: readonly { readonly code: string }[]) => diagnostics.filter(({ code }) => code === 'MP2103')

    const inMetadata = lower({ type, metadata: { ...others, [key]: value } })
    expect(unknown(inMetadata.diagnostics)).toHaveLength(places.includes('M') || entry.open ? 0 : 1)
    if (places.includes('M') && inMetadata.ok) expect(inMetadata.value.metadata[key]).toBe(value)

    const inVariable = lower({ type, metadata: { ...others, [`${key}FromEnv`]: 'NAME' } })
    expect(unknown(inVariable.diagnostics)).toHaveLength(places.includes('E') || entry.open ? 0 : 1)
    if (places.includes('E') && inVariable.ok) expect(inVariable.value.metadata).toMatchObject({ [`${key}FromEnv`]: 'NAME' })

    const inAuth = lower(
      { type, metadata: others, authenticationRef: { name: AUTH, kind: 'TriggerAuthentication' } },
      { authentications: [authentication(key)] },
    )
    if (inAuth.ok) expect(Object.keys(inAuth.value.auth)).toEqual(places.includes('A') ? [key] : [])
    if (inMetadata.ok && declared.preset !== undefined && places.includes('M')) {
      const without = lower({ type, metadata: others })
      expect(without.ok && without.value.metadata[key]).toBe(declared.preset)
    }
  })

  test('checks the forms of its keys', () => {
    for (const [key, declared] of Object.entries(entry.metadata)) {
      if (declared.form === undefined || !placesOf(declared).includes('M')) continue
      const { [key]: _, ...others } = needed
      expect(lines(lower({ type, metadata: { ...others, [key]: 'x y' } }).diagnostics).join('\n')).toMatch(/error MP2105 .*, found "x y"/)
    }
  })

  test('a misspelt key is named with the nearest one', () => {
    if (entry.open) return
    const key =
      Object.keys(entry.metadata).find((name) => placesOf(entry.metadata[name] as never).includes('M') && name.length > 5) ?? 'target'
    const { diagnostics } = lower({ type, metadata: { ...needed, [`${key}s`.replace(/ss$/, 'x')]: '1' } })
    expect(lines(diagnostics).join('\n')).toMatch(/warning MP2103 .*did you mean/)
  })
})

test('every type without keys is set by hand, and says how', () => {
  const view = builtinDefinitions()
  const manual = entries.filter(({ metadata }) => Object.keys(metadata).length === 0)
  expect(manual.length).toBe(50)
  expect(view.names('trigger')).toHaveLength(keyed.length + manual.length)
  for (const { type } of manual) {
    const outcome = lower({ type, metadata: { whatever: 'x' } }, { index: 3 })
    expect(outcome).toMatchObject({ ok: true, value: { name: `s3-${type}`, from: { by: 'hand' }, target: 1, metadata: { whatever: 'x' } } })
    expect(lines(outcome.diagnostics)).toEqual([
      `note MP2507 spec.triggers.0.type: trigger "${type}": it has no reader; its value is set with "minipaas metric set web s3-${type} 42"`,
    ])
  }
})
