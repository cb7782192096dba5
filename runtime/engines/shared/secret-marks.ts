import type { ResolvedEnv } from '../../../src/model/engine.ts'
import type { Container } from '../../../src/model/pod.ts'

/** Values shorter than this are not searched for: they would mark half of a text. */
const SHORTEST = 4

/** Replaces the values that a container got from secrets by `‹secret name/key›`, for texts that leave the engine. */
export function markSecrets(text: string, container: Container, environment: ResolvedEnv): string {
  let marked = text
  for (const { name, value } of container.env) {
    if (typeof value === 'string' || !('secret' in value)) continue
    const plain = environment.get(name)
    if (plain !== undefined && plain.length >= SHORTEST) marked = marked.replaceAll(plain, `‹secret ${value.secret}/${value.key}›`)
  }
  return marked
}
