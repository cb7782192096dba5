import { describe, expect, test } from '@jest/globals'
import { ANNOTATION_LEDGER, FIELD_LEDGER, LABEL_LEDGER, type Treatment } from '../../../../src/dialects/oam/ledger.ts'
import { SCALING_OBJECT } from '../../../../src/dialects/oam/scaling-envelope.ts'
import { APPLICATION, fieldPatterns } from '../../../../src/dialects/oam/schema.ts'
import { load, printed } from '../memory-files.ts'

test('every field of the envelope is in the ledger, and nothing else', () => {
  expect(Object.keys(FIELD_LEDGER).sort()).toEqual(fieldPatterns(APPLICATION).sort())
})

test('every field of the envelope of a scaling document is in the ledger', () => {
  const unknown = fieldPatterns(SCALING_OBJECT).filter((pattern) => FIELD_LEDGER[pattern] === undefined)
  expect(unknown).toEqual([])
})

const treated = (ledger: Readonly<Record<string, Treatment>>) =>
  Object.entries(ledger).flatMap(([key, treatment]) =>
    'note' in treatment && treatment.note !== undefined ? [[key, treatment.note] as const] : [],
  )

function envelope(lines: { readonly metadata?: string; readonly component?: string; readonly spec?: string }): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
${lines.metadata ?? ''}
spec:
  components:
    - name: web
      type: worker
      properties: {image: web}
${lines.component ?? ''}
${lines.spec ?? ''}
`
}

/** How a field is written in a model, by its pattern. */
const WRITTEN: Readonly<Record<string, Parameters<typeof envelope>[0]>> = {
  'metadata.generateName': { metadata: '  generateName: shop-' },
  'metadata.finalizers': { metadata: '  finalizers: [x]' },
  'metadata.ownerReferences': { metadata: '  ownerReferences: []' },
  'spec.components[].externalRevision': { component: '      externalRevision: v1' },
  'spec.components[].scopes': { component: '      scopes: {a: b}' },
  'spec.workflow.ref': { spec: '  workflow: {ref: flow}' },
}

describe('what is not mapped is said', () => {
  test('each such field has an example here', () => {
    expect(
      treated(FIELD_LEDGER)
        .map(([key]) => key)
        .sort(),
    ).toEqual(Object.keys(WRITTEN).sort())
  })

  test.each(treated(FIELD_LEDGER))('field %s', async (key, note) => {
    const result = await load({ 'app.yaml': envelope(WRITTEN[key] ?? {}) })
    expect(result.shown.map(({ message }) => message)).toContain(note)
    expect(result.outcome.ok).toBe(FIELD_LEDGER[key]?.is !== 'refused')
  })

  test.each(treated(ANNOTATION_LEDGER))('annotation %s', async (key, note) => {
    expect(printed(await load({ 'app.yaml': envelope({ metadata: `  annotations: {${key}: "1"}` }) }))).toContain(note)
  })

  test.each(treated(LABEL_LEDGER))('label %s', async (key, note) => {
    const result = await load({ 'app.yaml': envelope({ metadata: `  labels: {${key}: "true"}` }) })
    expect(printed(result)).toContain(note)
    expect(result.outcome.ok && result.outcome.value.applications[0]?.notes).toMatchObject([{ kind: 'approximated', text: note }])
  })

  test('what is mapped or meaningless is not mentioned', async () => {
    const result = await load({ 'app.yaml': envelope({ metadata: '  uid: x\n  labels: {team: a}\n  annotations: {b: c}' }) })
    expect(result.shown).toEqual([])
  })
})
