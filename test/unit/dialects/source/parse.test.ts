import { describe, expect, test } from '@jest/globals'
import { parseText } from '../../../../src/dialects/source/parse-text.ts'
import { renderDiagnostic } from '../../../../src/dialects/source/render-diagnostic.ts'
import { Sources } from '../../../../src/dialects/source/sources.ts'

function complaint(text: string, file = 'app.yaml'): string {
  const { source, diagnostics } = parseText(file, text)
  const sources = new Sources()
  sources.add(source)
  return sources.show(diagnostics).map(renderDiagnostic).join('\n')
}

function value(text: string): unknown {
  const { source, diagnostics } = parseText('app.yaml', text)
  expect(diagnostics).toEqual([])
  return source.docs[0]?.value
}

describe('syntax errors point at their cause', () => {
  test('an unclosed quote that swallows lines', () => {
    expect(
      complaint('name: "web\nimage: nginx\nmode: "fast"\n'),
    ).toBe(`error MP1001  the quote " that opens here is not closed where it should be
  app.yaml:1:7
    1 | name: "web
      |       ^^^^`)
  })

  test.each([
    ['an unclosed quote at the end', 'a: 1\nb: "x\n', '2:4'],
    ['an unclosed bracket', 'a:\n  b: [1, 2\n  c: 3\nd: 4\n', '2:6'],
    ['an unclosed brace', 'a: {x: 1\nb: 2\n', '1:4'],
    ['a tab as indentation', 'a:\n\tb: 1\n', '2:1'],
    ['a lost colon', 'a:\n  b 1\n  c: 2\n', '2:3'],
    ['a wrong indentation', 'a:\n  b: 1\n c: 2\n', '3:2'],
    ['a second colon', 'a: b: c\n', '1:4'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', '3:1'],
    ['an alias without anchor', 'a: *nowhere\n', '1:4'],
    ['an alias inside its anchor', 'a: &x\n  b: *x\n', '2:6'],
  ])('%s', (_, text, place) => {
    expect(complaint(text)).toContain(`app.yaml:${place}\n`)
    expect(complaint(text)).toMatch(/^error MP100[123] {2}/)
  })

  test('messages never quote the text', () => {
    expect(complaint('a: "one" swordfish\n').split('\n')[0]).not.toContain('swordfish')
  })
})

describe('limits', () => {
  test('an alias bomb is refused in no time', () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`)
    expect(complaint(`l0: &l0 [1, 2]\n${levels.join('\n')}\n`)).toContain('MP1004')
  })

  test('deep nesting is refused, not fatal', () => {
    expect(complaint('['.repeat(300) + ']'.repeat(300))).toContain('MP1005')
    expect(complaint('['.repeat(100_000))).toMatch(/MP100[15]/)
  })

  test('size and encoding', () => {
    expect(complaint('a'.repeat(5_000_001))).toContain('MP1007')
    expect(complaint('a: \u0000')).toContain('MP1008')
    expect(complaint('a: \ufffd')).toContain('MP1008')
  })
})

describe('values', () => {
  test('anchors and merge keys', () => {
    expect(value('base: &b {x: 1, y: 2}\nmade:\n  <<: *b\n  y: 3\n')).toEqual({ base: { x: 1, y: 2 }, made: { x: 1, y: 3 } })
    expect(value('made:\n  <<: [{a: 1}, {a: 2, b: 2}]\n')).toEqual({ made: { a: 1, b: 2 } })
  })

  test('plain scalars as the tools of a cluster read them', () => {
    expect(value('[yes, off, 0644, 10, "yes", y, ~, 1.5, 08]')).toEqual([true, false, 420, 10, 'yes', 'y', null, 1.5, 8])
    expect(value('{yes: 1, 80: 2, __proto__: 3}')).toEqual(JSON.parse('{"80": 2, "yes": 1, "__proto__": 3}'))
  })

  test('several documents keep their index; empty ones are left out', () => {
    const { source } = parseText('app.yaml', '---\na: 1\n---\n---\nb: 2\n')
    expect(source.docs.map(({ index, value: found }) => [index, found])).toEqual([
      [0, { a: 1 }],
      [2, { b: 2 }],
    ])
  })

  test('JSON, indented by tabs', () => {
    const { source, diagnostics } = parseText('app.json', '{\n\t"a": {\n\t\t"b": [1]\n\t}\n}\n')
    expect(diagnostics).toEqual([])
    expect(source.docs[0]?.value).toEqual({ a: { b: [1] } })
    expect(source.docs[0]?.locate(['a', 'b', 0])).toMatchObject({ line: 3, column: 9 })
  })
})

describe('places', () => {
  const text = 'spec:\n  items:\n    - name: one\n      ports: [80, 443]\n    - name: two\n  shared: &s {deep: 1}\n  used:\n    <<: *s\n'
  const doc = parseText('app.yaml', text).source.docs[0]
  const at = (path: (string | number)[], mark?: 'key' | 'value'): string => {
    const place = doc?.locate(path, mark)
    return `${place?.line}:${place?.column}-${place?.endColumn}`
  }

  test.each([
    ['a value', ['spec', 'items', 1, 'name'], undefined, '5:13-16'],
    ['its key', ['spec', 'items', 1, 'name'], 'key', '5:7-11'],
    ['an item of a flow list', ['spec', 'items', 0, 'ports', 1], undefined, '4:19-22'],
    ['a block by its key', ['spec', 'items'], undefined, '2:3-8'],
    ['the item that lacks a field', ['spec', 'items', 1, 'ports'], undefined, '5:7-16'],
    ['the map that lacks a path', ['spec', 'nothing', 'here'], undefined, '2:3-9'],
    ['a merged value where it is written', ['spec', 'used', 'deep'], undefined, '6:21-22'],
    ['the document', [], undefined, '1:1-6'],
  ] as const)('%s', (_, path, mark, expected) => {
    expect(at([...path], mark)).toBe(expected)
  })
})
