import { expect, test } from '@jest/globals'
import { runnableRevision } from '../../../src/control/runnable-images.ts'
import { aComponent, aContainer, aRevision } from '../../kit/builders.ts'

const here = (id: string) => [{ name: 'docker.io/shop/web:1', id }]
const spec = aComponent('web').image('shop/web:1').initially(aContainer('wait')).build()
const images = { 'docker.io/shop/web:1': 'first' }
const imagesOf = (changes: object, observed: Parameters<typeof runnableRevision>[1]) => {
  const { pod } = runnableRevision({ ...aRevision(spec, '7f3'), ...changes }, observed).spec
  return [...pod.initContainers, ...pod.containers].map(({ image }) => image)
}
const wait = { from: 'registry', ref: 'wait:1' }

test('an image is named as the user wrote it while that leads to it', () => {
  expect(imagesOf({ images }, here('first'))).toEqual([wait, { from: 'registry', ref: 'shop/web:1' }])
  expect(imagesOf({}, here('first'))).toEqual([wait, { from: 'registry', ref: 'shop/web:1' }])
})

test('an old replica restarts with its own image, whatever its name leads to by now', () => {
  const own = [wait, { from: 'registry', ref: 'shop/web:1', id: 'first' }]
  expect(imagesOf({ images }, here('second'))).toEqual(own)
  expect(imagesOf({ images }, [])).toEqual(own)
})

test('a later revision knows its image in the same way', () => {
  const later = aComponent('web')
    .container({ image: { from: 'registry', ref: 'shop/web:1', id: 'second' } })
    .build()
  const revision = { ...aRevision(later, '1a2'), images: { 'docker.io/shop/web:1': 'second' } }
  const main = (observed: Parameters<typeof runnableRevision>[1]) => runnableRevision(revision, observed).spec.pod.containers[0]?.image
  expect(main(here('second'))).toEqual({ from: 'registry', ref: 'shop/web:1' })
  expect(main(here('third'))).toEqual({ from: 'registry', ref: 'shop/web:1', id: 'second' })
})
