import type { TriggerParameter } from '../../model/scale-policy.ts'
import { fromEnv, isTrue, type MetadataKey, placesOf } from './metadata-key.ts'

type Texts = Readonly<Record<string, string>>

/** What a trigger was given, after its places were weighed: each key comes from one place. */
export interface Given {
  /** With presets; `...FromEnv` keys as written. */
  readonly metadata: Texts
  readonly auth: Readonly<Record<string, TriggerParameter>>
  /** Whether the key has a value in any of its places, a preset included. */
  has(key: string): boolean
  /** The text in the metadata; undefined when it is known only when it is read. */
  text(key: string): string | undefined
  number(key: string): number | undefined
  flag(key: string): boolean
}

/** Weighs the places of each key: the first that has it wins, and presets fill what is nowhere. Source: KEDA, typed_config.go. */
export function weigh(
  keys: Readonly<Record<string, MetadataKey>>,
  written: Texts,
  authentication: Readonly<Record<string, TriggerParameter>>,
): Given {
  const metadata: Record<string, string> = { ...written }
  const auth: Record<string, TriggerParameter> = { ...authentication }
  for (const [name, key] of Object.entries(keys)) {
    const variable = fromEnv(name)
    const present = { M: Object.hasOwn(written, name), A: Object.hasOwn(authentication, name), E: Object.hasOwn(written, variable) }
    const winner = placesOf(key).find((place) => present[place])
    if (winner !== 'M') delete metadata[name]
    if (winner !== 'A') delete auth[name]
    if (winner !== 'E' && placesOf(key).includes('E')) delete metadata[variable]
    if (winner === undefined && key.preset !== undefined && key.preset !== '') metadata[name] = key.preset
  }
  return new Weighed(metadata, auth)
}

class Weighed implements Given {
  readonly metadata: Texts
  readonly auth: Readonly<Record<string, TriggerParameter>>

  constructor(metadata: Texts, auth: Readonly<Record<string, TriggerParameter>>) {
    this.metadata = metadata
    this.auth = auth
  }

  has(key: string): boolean {
    return Object.hasOwn(this.metadata, key) || Object.hasOwn(this.auth, key) || Object.hasOwn(this.metadata, fromEnv(key))
  }

  text(key: string): string | undefined {
    return Object.hasOwn(this.metadata, key) ? this.metadata[key] : undefined
  }

  number(key: string): number | undefined {
    const text = this.text(key)
    return text === undefined ? undefined : Number(text)
  }

  flag(key: string): boolean {
    return isTrue(this.text(key))
  }
}
