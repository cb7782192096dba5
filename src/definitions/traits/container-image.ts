import { defineTrait } from '../define.ts'
import { fields, oneOf, parts, preset, required, text } from '../schema.ts'
import { fromRegistry, toPull } from '../shapes/images.ts'
import { eachContainer } from './container-form.ts'

/** Replaces the image of a container. Source: KubeVela, container-image definition. */
export const containerImage = defineTrait({
  kind: 'trait',
  type: 'container-image',
  simulation: { level: 'simulated' },
  parameters: parts(
    'containers',
    fields({
      containerName: preset(text(), ''),
      image: required(text()),
      imagePullPolicy: preset(oneOf('', 'Always', 'IfNotPresent', 'Never'), ''),
    }),
  ),
  apply: (draft, given, use) =>
    eachContainer(draft, { given, list: 'containers', use }, (container, { image, imagePullPolicy }, at) => {
      container.set({ image: fromRegistry(image) }, at('image'))
      if (imagePullPolicy !== '') container.set({ pull: toPull(image, imagePullPolicy) }, at('imagePullPolicy'))
      return []
    }),
})
