import type { Origin } from '../../kernel/diagnostic.ts'
import type { EnvValue, EnvVar } from '../../model/pod.ts'
import { fields, optional, required, text } from '../schema.ts'

const keyRef = fields({ name: required(text()), key: required(text()) })

const sources = { secretKeyRef: optional(keyRef), configMapKeyRef: optional(keyRef) }

/** `env[]` of component types: a value, or a key of a secret or config map. */
export const envEntry = fields(
  {
    name: required(text()),
    value: optional(text()),
    valueFrom: optional(fields(sources, { rule: 'exactly-one', of: ['secretKeyRef', 'configMapKeyRef'] })),
  },
  { rule: 'at-most-one', of: ['value', 'valueFrom'] },
)

/** `env[]` of the sidecar trait: a field of the pod, too. */
export const envEntryWithField = fields(
  {
    name: required(text()),
    value: optional(text()),
    valueFrom: optional(
      fields(
        { ...sources, fieldRef: optional(fields({ fieldPath: required(text()) })) },
        { rule: 'exactly-one', of: ['secretKeyRef', 'configMapKeyRef', 'fieldRef'] },
      ),
    ),
  },
  { rule: 'at-most-one', of: ['value', 'valueFrom'] },
)

interface EnvEntry {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
    readonly configMapKeyRef?: { readonly name: string; readonly key: string }
    readonly fieldRef?: { readonly fieldPath: string }
  }
}

/** A variable of the model. Without a value it is empty, as in Kubernetes. */
export function toEnvVar(entry: EnvEntry, origin: Origin): EnvVar {
  return { name: entry.name, value: toEnvValue(entry), origin }
}

function toEnvValue({ value, valueFrom }: EnvEntry): EnvValue {
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {}
  if (secretKeyRef !== undefined) return { secret: secretKeyRef.name, key: secretKeyRef.key }
  if (configMapKeyRef !== undefined) return { config: configMapKeyRef.name, key: configMapKeyRef.key }
  if (fieldRef !== undefined) return { field: fieldRef.fieldPath }
  return value ?? ''
}
