import { describe, expect, test } from '@jest/globals'
import { fullImageName, parseImageName } from '../../../src/model/image-name.ts'

const DIGEST = `sha256:${'0f'.repeat(32)}`

describe('the same image', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:latest', 'docker.io/library/nginx:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx:latest', 'docker.io/library/nginx:latest'],
    ['library/nginx', 'docker.io/library/nginx:latest'],
    ['shop/web:1.2', 'docker.io/shop/web:1.2'],
    ['docker.io/shop/web:1.2', 'docker.io/shop/web:1.2'],
    ['localhost/web', 'localhost/web:latest'],
    ['localhost:5000/web:1', 'localhost:5000/web:1'],
    ['127.0.0.1:5000/shop/web', '127.0.0.1:5000/shop/web:latest'],
    ['[::1]:5000/web', '[::1]:5000/web:latest'],
    ['registry.example.com/a/b/c:v1', 'registry.example.com/a/b/c:v1'],
    ['Registry/web', 'Registry/web:latest'],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`registry.example.com:443/web:1@${DIGEST}`, `registry.example.com:443/web@${DIGEST}`],
  ])('%s is %s', (written, full) => {
    expect(fullImageName(written)).toBe(full)
    expect(fullImageName(full)).toBe(full)
  })
})

describe('what is no reference', () => {
  test.each([
    [''],
    ['Web'],
    ['shop/Web'],
    ['shop//web'],
    ['shop/web:'],
    ['shop/web:-1'],
    ['shop/-web'],
    ['web@sha256:short'],
    [`web@${DIGEST}@${DIGEST}`],
    ['0f'.repeat(32)],
    ['registry.example.com:port/web'],
    ['with space'],
    ['https://registry.example.com/web'],
  ])('%s', (written) => {
    expect(parseImageName(written)).toBeUndefined()
    expect(fullImageName(written)).toBe(written)
  })
})

test('the parts of a reference', () => {
  expect(parseImageName('nginx')).toEqual({ registry: 'docker.io', repository: 'library/nginx', tag: 'latest' })
  expect(parseImageName(`127.0.0.1:5000/shop/web:1@${DIGEST}`)).toEqual({
    registry: '127.0.0.1:5000',
    repository: 'shop/web',
    digest: DIGEST,
  })
})
