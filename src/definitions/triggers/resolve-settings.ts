import type { ScaleTrigger, TriggerParameter } from '../../model/scale-policy.ts'
import type { SecretRef } from '../../model/secret-ref.ts'

/** A trigger with everything that it may refer to. */
export interface SettingsInput {
  readonly trigger: ScaleTrigger
  /** Variables of a container with their values, without a name those of the application's; undefined where there is no such container. */
  readonly environment: (container?: string) => ReadonlyMap<string, string> | undefined
  readonly secret: (ref: SecretRef) => string | undefined
  readonly config: (ref: { readonly namespace: string; readonly name: string; readonly key: string }) => string | undefined
  /** Puts addresses into the form in which they can be reached from where the trigger is read; without it they stay. */
  readonly rewrite?: (value: string, key: string) => string
}

/** Flat texts for a reader, which may hold secrets; or what is missing, in words that hold none. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly missing: readonly string[] }

const FROM_ENV = 'FromEnv'

/**
 * Everything a reader needs under plain names: metadata, variables under the name without `FromEnv`, and parameters of an authentication.
 * A variable or key that does not exist is missing rather than empty. Source: KEDA, pkg/scalers/scalersconfig/typed_config.go; which place of
 * a key wins was decided when the trigger was lowered.
 */
export function resolveTriggerSettings(input: SettingsInput): SettingsResult {
  const { trigger, environment, rewrite = (value) => value } = input
  const settings: Record<string, string> = {}
  const missing: string[] = []
  const put = (key: string, value: string | undefined, where: string): void => {
    if (value === undefined) missing.push(`"${key}" comes from ${where}, which does not exist`)
    else settings[key] = rewrite(value, key)
  }
  for (const [key, value] of Object.entries(trigger.metadata)) {
    if (!key.endsWith(FROM_ENV)) {
      put(key, value, 'the metadata')
      continue
    }
    const found = environment(trigger.envContainer)?.get(value)
    if (!isExternal(trigger)) put(key.slice(0, -FROM_ENV.length), found, variable(value, trigger.envContainer))
    else if (found !== undefined && found !== '') put(key, found, 'the metadata')
  }
  for (const [key, parameter] of Object.entries(trigger.auth)) put(key, parameterValue(parameter, input), placeOf(parameter))
  return missing.length === 0 ? { ok: true, settings } : { ok: false, missing }
}

/** An external scaler is handed its variables under the whole key, and those that do not exist not at all. Source: KEDA, external_scaler.go. */
function isExternal({ type }: ScaleTrigger): boolean {
  return type === 'external' || type === 'external-push'
}

function parameterValue(parameter: TriggerParameter, { environment, secret, config }: SettingsInput): string | undefined {
  switch (parameter.from) {
    case 'value':
      return parameter.value
    case 'secret':
      return secret(parameter.ref)
    case 'config':
      return config(parameter)
    case 'env':
      return environment(parameter.container)?.get(parameter.name)
  }
}

function placeOf(parameter: TriggerParameter): string {
  switch (parameter.from) {
    case 'value':
      return 'the authentication'
    case 'secret':
      return `key "${parameter.ref.key}" of secret "${parameter.ref.secret}" in namespace "${parameter.ref.namespace}"`
    case 'config':
      return `key "${parameter.key}" of config map "${parameter.name}" in namespace "${parameter.namespace}"`
    case 'env':
      return variable(parameter.name, parameter.container)
  }
}

function variable(name: string, container: string | undefined): string {
  return `variable "${name}" of ${container === undefined ? 'the application’s container' : `container "${container}"`}`
}
