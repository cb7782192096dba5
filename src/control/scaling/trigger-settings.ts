import { resolveTriggerSettings } from '../../definitions/triggers/resolve-settings.ts'
import { type SecretValues, secretKey } from '../../model/app-model.ts'
import type { Component } from '../../model/component.ts'
import type { MeterTrigger } from '../../model/meter.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { resolveEnvironment } from '../environment-variables.ts'
import { configData, environmentInput, serviceAddresses } from '../replica-specs.ts'
import type { ControlState } from '../state.ts'
import { rewriteSettings } from './rewrite-settings.ts'

/** A trigger as a meter reads it, or why it cannot be read. */
export type MeteredTrigger = { readonly ok: true; readonly trigger: MeterTrigger } | { readonly ok: false; readonly error: string }

export function meterId(key: ComponentKey, trigger: ScaleTrigger): string {
  return `${key}/${trigger.name}`
}

/** Metadata, variables and authentication of a trigger with their values; where names do not resolve, addresses of services are replaced. */
export function meteredTrigger(
  component: Component,
  trigger: ScaleTrigger,
  context: { readonly state: ControlState; readonly secrets: SecretValues },
): MeteredTrigger {
  const { state, secrets } = context
  const configs = configData(state)
  const inputOf = (name: string | undefined) => {
    const container = component.pod.containers.find((candidate) => name === undefined || candidate.name === name)
    return container === undefined ? undefined : environmentInput(component, container, { of: `${component.key}.0`, ordinal: 0 }, context)
  }
  const result = resolveTriggerSettings({
    trigger,
    environment: (name) => {
      const of = inputOf(name)
      return of === undefined ? undefined : resolveEnvironment(of).values
    },
    secret: (ref) => secrets.get(secretKey(ref)),
    config: ({ namespace, name, key }) => configs.get(`${namespace}/${name}`)?.[key],
  })
  if (!result.ok) return { ok: false, error: result.missing.join('; ') }
  const scaledObject = { name: component.scale.name ?? component.name, namespace: component.namespace }
  const addresses = state.engine.traits.serviceNames === 'rewritten' ? serviceAddresses(state) : []
  const settings = rewriteSettings(result.settings, { addresses, namespace: component.namespace })
  return { ok: true, trigger: { id: meterId(component.key, trigger), type: trigger.type, settings, scaledObject } }
}
