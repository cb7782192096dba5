import type { ReplicaContainer } from '../../wire/answers.ts'

/** `web-0`, with the container's name for what is not the application itself. */
export function containerName({ component, ordinal, container, role }: Omit<ReplicaContainer, 'replica'>): string {
  return role === 'app' ? `${component}-${ordinal}` : `${component}-${ordinal}/${container}`
}
