import { defineTrait } from '../define.ts'
import { fields, map, optional, preset, required, text } from '../schema.ts'
import { fromRegistry, toPull } from '../shapes/images.ts'
import { changeLocal } from './container.ts'

/** Builds the image from a directory under the name the model gives it. */
export const localBuild = defineTrait({
  kind: 'trait',
  type: 'local/build',
  simulation: { level: 'simulated' },
  parameters: fields({
    container: optional(text()),
    context: required(text()),
    dockerfile: optional(text()),
    target: optional(text()),
    args: preset(map(text()), {}),
  }),
  apply: (draft, { container: name, ...build }, use) =>
    changeLocal(draft, { name, use }, (container) => {
      container.set({ image: { from: 'build', ref: container.read().image.ref, ...build }, pull: 'never' })
    }),
})

/** Runs another image instead of the model's. */
export const localImage = defineTrait({
  kind: 'trait',
  type: 'local/image',
  simulation: { level: 'simulated' },
  parameters: fields({ container: optional(text()), image: required(text()) }),
  apply: (draft, { container: name, image }, use) =>
    changeLocal(draft, { name, use }, (container) => {
      container.set({ image: fromRegistry(image), pull: toPull(image, undefined) }, use.at('image'))
    }),
})
