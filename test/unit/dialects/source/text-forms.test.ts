import { describe, expect, test } from '@jest/globals'
import { nameFault } from '../../../../src/dialects/oam/object-names.ts'
import { baseName, displayPath, parentPath, resolvePath } from '../../../../src/dialects/source/paths.ts'
import { parseValuePath } from '../../../../src/dialects/source/value-path.ts'

describe('file paths', () => {
  test.each([
    ['/shop', 'web', '/shop/web'],
    ['/shop', './web/../api/', '/shop/api'],
    ['/shop', '../other', '/other'],
    ['/shop', '/etc/x', '/etc/x'],
    ['C:\\shop', 'web/src', 'C:\\shop\\web\\src'],
    ['C:\\shop', '..\\x', 'C:\\x'],
    ['/', 'a', '/a'],
  ])('%s and %s give %s', (directory, path, expected) => {
    expect(resolvePath(directory, path)).toBe(expected)
  })

  test('shown from the project directory when they are inside it', () => {
    expect(displayPath('/shop', '/shop/k8s/app.yaml')).toBe('k8s/app.yaml')
    expect(displayPath('/shop', '/shopping/app.yaml')).toBe('/shopping/app.yaml')
    expect(displayPath('C:\\shop', 'C:\\shop\\k8s\\app.yaml')).toBe('k8s/app.yaml')
    expect(parentPath('/shop/minipaas.yaml')).toBe('/shop')
    expect(baseName('/shop/web/')).toBe('web')
  })
})

test.each([
  ['image', ['image']],
  ['properties.env[0].value', ['properties', 'env', 0, 'value']],
  ['traits[1].properties.replicas', ['traits', 1, 'properties', 'replicas']],
  ['data["my-key.x"].y', ['data', 'my-key.x', 'y']],
  ["a['b c']", ['a', 'b c']],
  ['', undefined],
  ['a..b', undefined],
  ['a[', undefined],
  ['a b', undefined],
  ['a[x]', undefined],
])('the path %s', (text, expected) => {
  expect(parseValuePath(text)).toEqual(expected)
})

test.each([
  ['web', 'label', undefined],
  ['web-2', 'label', undefined],
  ['Web_Shop', 'label', 'did you mean "web-shop"?'],
  ['-web', 'label', 'did you mean "web"?'],
  ['a.b', 'subdomain', undefined],
  ['a.b', 'label', 'did you mean "a-b"?'],
] as const)('the name %s as a %s', (name, form, hint) => {
  const fault = nameFault(name, form)
  expect(fault?.hint).toBe(hint)
  expect(fault === undefined).toBe(hint === undefined)
})

test('a name has at most 63 characters', () => {
  expect(nameFault('a'.repeat(63), 'label')).toBeUndefined()
  expect(nameFault('a'.repeat(64), 'label')?.message).toContain('64 characters')
})
