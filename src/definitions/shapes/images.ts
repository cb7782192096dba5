import type { Container, ImageRef } from '../../model/pod.ts'
import { list, notSimulated, oneOf, optional, text } from '../schema.ts'

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never'

/** `imagePullPolicy` as users write it. */
export const pullPolicy = oneOf('Always', 'IfNotPresent', 'Never')

/** `imagePullSecrets`: registry credentials stay the engine's business. */
export const imagePullSecrets = optional(
  list(text()),
  notSimulated('images are pulled with the credentials of this machine; the named secrets are not used'),
)

export function fromRegistry(ref: string): ImageRef {
  return { from: 'registry', ref }
}

/** The policy given, or Kubernetes' default: always for the tag `latest` and for none, otherwise if absent. */
export function toPull(image: string, policy: PullPolicy | undefined): Container['pull'] {
  switch (policy) {
    case 'Always':
      return 'always'
    case 'IfNotPresent':
      return 'if-absent'
    case 'Never':
      return 'never'
    default:
      return isLatest(image) ? 'always' : 'if-absent'
  }
}

function isLatest(image: string): boolean {
  if (image.includes('@')) return false
  const name = image.slice(image.lastIndexOf('/') + 1)
  return !name.includes(':') || name.endsWith(':latest')
}
