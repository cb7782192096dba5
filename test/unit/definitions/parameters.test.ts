import { describe, expect, test } from '@jest/globals'
import { checkParameters, parseParameters } from '../../../src/definitions/parameters.ts'
import {
  anyOf,
  anything,
  approximated,
  fields,
  flag,
  ineffective,
  integer,
  list,
  map,
  nullable,
  oneOf,
  openFields,
  optional,
  parts,
  portNumber,
  preset,
  required,
  text,
  variant,
} from '../../../src/definitions/schema.ts'
import { lines } from './component-source.ts'

const origin = { file: 'app.yaml', doc: 0, path: ['properties'] }

const schema = fields(
  {
    image: required(text()),
    size: preset(oneOf('small', 'large'), 'small'),
    port: optional(portNumber()),
    open: optional(flag()),
    env: optional(list(fields({ name: required(text()), value: optional(text()) }))),
    labels: optional(map(nullable(text()))),
    free: optional(anything()),
    cpu: optional(anyOf(text({ pattern: { regex: /^\d+m$/, says: 'a quantity' } }), integer({ min: 1 }))),
    volume: optional(variant({ empty: { medium: preset(text(), '') }, claim: { claim: required(text()) } }, 'empty')),
    exec: optional(anything()),
    http: optional(anything()),
    extra: optional(openFields({ known: optional(text()) })),
  },
  { rule: 'at-most-one', of: ['exec', 'http'] },
)

describe('what is wrong is said at its place', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['nothing at all', undefined, ['error MP2102 properties: "image" is missing']],
    [
      'a list instead of a map',
      [],
      ['error MP2101 properties: the parameters must be a map with image, size, port, open, ..., found a list'],
    ],
    [
      'a number for text',
      { image: 1.5 },
      ['error MP2101 properties.image: "image" must be text, found the number 1.5 [put it in quotes: "1.5"]'],
    ],
    ['nothing for text', { image: null }, ['error MP2101 properties.image: "image" must be text, found nothing']],
    [
      'text for a number',
      { image: 'a', port: '80' },
      ['error MP2101 properties.port: "port" must be a whole number, found text [remove the quotes]'],
    ],
    ['a fraction', { image: 'a', port: 80.5 }, ['error MP2101 properties.port: "port" must be a whole number, found the number 80.5']],
    ['a port out of range', { image: 'a', port: 0 }, ['error MP2105 properties.port: "port" must be from 1 to 65535, found 0']],
    [
      'text for a flag',
      { image: 'a', open: 'true' },
      ['error MP2101 properties.open: "open" must be true or false, found text [remove the quotes]'],
    ],
    [
      'another value',
      { image: 'a', size: 'Large' },
      ['error MP2104 properties.size: "size" must be one of "small" or "large", found "Large" [did you mean "large"?]'],
    ],
    [
      'a map for a list',
      { image: 'a', env: { A: 'b' } },
      ['error MP2101 properties.env: "env" must be a list, found a map [start each item on its own line with "- "]'],
    ],
    ['a field of an item', { image: 'a', env: [{ name: 'A' }, {}] }, ['error MP2102 properties.env.1: "name" is missing in "env[1]"']],
    [
      'a value of a map',
      { image: 'a', labels: { a: null, b: 1 } },
      ['error MP2101 properties.labels.b: "labels.b" must be text, found the number 1 [put it in quotes: "1"]'],
    ],
    ['a bad quantity', { image: 'a', cpu: '1 core' }, ['error MP2105 properties.cpu: "cpu" must be a quantity, found "1 core"']],
    [
      'neither alternative',
      { image: 'a', cpu: true },
      ['error MP2101 properties.cpu: "cpu" must be text or a whole number, found true [put it in quotes: "true"]'],
    ],
    [
      'another variant',
      { image: 'a', volume: { type: 'clam' } },
      ['error MP2104 properties.volume.type: "volume.type" must be one of "empty" or "claim", found "clam" [did you mean "claim"?]'],
    ],
    ['a field of a variant', { image: 'a', volume: { type: 'claim' } }, ['error MP2102 properties.volume: "claim" is missing in "volume"']],
    [
      'two that exclude each other',
      { image: 'a', http: {}, exec: {} },
      ['error MP2106 properties.http (key): "http" cannot be given together with "exec"'],
    ],
    [
      'an undeclared key',
      { image: 'a', prot: 80 },
      ['warning MP2103 properties.prot (key): "prot" is not a parameter and has no effect [did you mean "port"?]'],
    ],
    [
      'an undeclared key deep inside',
      { image: 'a', env: [{ name: 'A', vaule: 'b' }] },
      ['warning MP2103 properties.env.0.vaule (key): "vaule" is not a parameter of "env[0]" and has no effect [did you mean "value"?]'],
    ],
    [
      'names of built-in properties',
      { image: 'a', constructor: 1, volume: { type: 'constructor' } },
      [
        'error MP2104 properties.volume.type: "volume.type" must be one of "empty" or "claim", found "constructor"',
        'warning MP2103 properties.constructor (key): "constructor" is not a parameter and has no effect [known here: image, size, port, open, env, labels, free, cpu, volume, exec, http, extra]',
      ],
    ],
  ])('%s', (_, raw, expected) => {
    expect(lines(parseParameters(schema, raw, origin).diagnostics)).toEqual(expected)
  })

  test('all mistakes at once', () => {
    const { diagnostics } = parseParameters(schema, { size: 'x', port: 'y' }, origin)
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['MP2102', 'MP2104', 'MP2101'])
  })
})

describe('what is right is typed and completed', () => {
  test('presets are filled in, open maps keep their keys', () => {
    const outcome = parseParameters(schema, { image: 'a', volume: {}, extra: { other: [1] } }, origin)
    expect(outcome).toEqual({
      ok: true,
      diagnostics: [],
      value: { image: 'a', size: 'small', volume: { type: 'empty', medium: '' }, extra: { other: [1] } },
    })
  })

  test('a flat form and a list form', () => {
    const form = parts('containers', fields({ name: preset(text(), '') }))
    expect(parseParameters(form, { name: 'a' }, origin)).toMatchObject({ value: { listed: false, entries: [{ name: 'a' }] } })
    expect(parseParameters(form, { containers: [{ name: 'a' }, {}] }, origin)).toMatchObject({
      value: { listed: true, entries: [{ name: 'a' }, { name: '' }] },
    })
    expect(lines(parseParameters(form, { containers: [{ name: 1 }], name: 'x' }, origin).diagnostics)).toEqual([
      'error MP2101 properties.containers.0.name: "containers[0].name" must be text, found the number 1 [put it in quotes: "1"]',
      'warning MP2103 properties.name (key): "name" is not a parameter and has no effect [known here: containers]',
    ])
  })
})

test('parameters that do less here are noted when they are given, and only when they say more than the preset', () => {
  const noted = fields({
    class: preset(text(), 'nginx', approximated('one router')),
    count: optional(integer(), ineffective('nothing')),
    inner: optional(fields({ tls: optional(text(), approximated('plain')) })),
  })
  const notesOf = (raw: unknown) => {
    const outcome = checkParameters(noted, raw, origin)
    return outcome.ok ? outcome.value.notes.map((note) => `${note.path.join('.')} ${note.disposition.kind} ${note.disposition.text}`) : []
  }
  expect(notesOf({ class: 'nginx' })).toEqual([])
  expect(notesOf({ class: 'traefik', count: 1, inner: { tls: 'x' } })).toEqual([
    'class noted one router',
    'count ignored nothing',
    'inner.tls noted plain',
  ])
})
