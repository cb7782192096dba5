import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { overlayJsonSchema, overlaySchema } from '../../src/dialects/overlay/schema.ts'
import { repositoryRoot } from '../architecture/rules/source-file.ts'

const published = join(repositoryRoot, 'schema', 'minipaas.schema.json')

test('the published schema of minipaas.yaml is the one the loader checks', () => {
  const text = `${JSON.stringify(overlayJsonSchema(), undefined, 2)}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(published, text)
  expect(readFileSync(published, 'utf8')).toBe(text)
})

test('it describes every key and refuses others', () => {
  const schema = JSON.parse(readFileSync(published, 'utf8'))
  expect(schema.additionalProperties).toBe(false)
  expect(Object.keys(schema.properties)).toEqual(Object.keys(overlaySchema.shape))
  const component = schema.properties.components.additionalProperties
  expect(Object.keys(component.properties).sort()).toEqual([
    'build',
    'containers',
    'env',
    'envFiles',
    'gate',
    'image',
    'ports',
    'run',
    'scale',
    'watch',
  ])
  expect(component.additionalProperties).toBe(false)
})
