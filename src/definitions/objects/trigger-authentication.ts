import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { conclude, type Outcome } from '../../kernel/outcome.ts'
import type { TriggerAuthentication, TriggerParameter } from '../../model/scale-policy.ts'
import { parseParameters } from '../parameters.ts'
import { problem } from '../problem.ts'
import { anything, fields, list, map, optional, preset, required, text, type YieldOf } from '../schema.ts'

const stored = list(fields({ parameter: required(text()), name: required(text()), key: required(text()) }))

/** Source: KEDA, apis/keda/v1alpha1/triggerauthentication_types.go. */
const authenticationShape = fields({
  secretTargetRef: preset(stored, []),
  configMapTargetRef: preset(stored, []),
  env: preset(list(fields({ parameter: required(text()), name: required(text()), containerName: optional(text()) })), []),
  podIdentity: optional(map(anything())),
  filePath: optional(anything()),
  hashiCorpVault: optional(anything()),
  azureKeyVault: optional(anything()),
  gcpSecretManager: optional(anything()),
  awsSecretManager: optional(anything()),
  boundServiceAccountToken: optional(anything()),
  oauth2: optional(anything()),
})
type Written = YieldOf<typeof authenticationShape>

const ELSEWHERE = [
  'filePath',
  'hashiCorpVault',
  'azureKeyVault',
  'gcpSecretManager',
  'awsSecretManager',
  'boundServiceAccountToken',
  'oauth2',
] as const

/** Secrets and config maps of a ClusterTriggerAuthentication are those of KEDA's own namespace. */
const KEDA_NAMESPACE = 'keda'

interface Named {
  readonly kind: TriggerAuthentication['kind']
  readonly name: string
  readonly namespace: string
  /** Of the document. */
  readonly origin: Origin
}

/** Parameters by name, and notes on what is not simulated. Never holds a secret's value. */
export function readAuthentication(spec: unknown, { kind, name, namespace, origin }: Named): Outcome<TriggerAuthentication> {
  const place = within(origin, 'spec')
  const outcome = parseParameters(authenticationShape, spec, place)
  if (!outcome.ok) return outcome
  const home = kind === 'ClusterTriggerAuthentication' ? KEDA_NAMESPACE : namespace
  const notSimulated = sourcesElsewhere(outcome.value)
  const notes = notSimulated.map((source): Diagnostic => {
    const message = `"${source}" of ${kind} "${name}" is not simulated: triggers that use it are set by hand`
    return problem({ code: 'MP2508', severity: 'note', message, origin: within(place, source), mark: 'key' })
  })
  return conclude({ kind, name, parameters: parametersOf(outcome.value, home), notSimulated, origin }, [...outcome.diagnostics, ...notes])
}

/** Later sources replace earlier ones. Source: KEDA, resolveAuthRef: env, then config maps, then secrets. */
function parametersOf(
  { env, configMapTargetRef, secretTargetRef }: Written,
  namespace: string,
): Readonly<Record<string, TriggerParameter>> {
  const entries: [string, TriggerParameter][] = [
    ...env.map(({ parameter, name, containerName }): [string, TriggerParameter] => [
      parameter,
      { from: 'env', name, ...(containerName === undefined || containerName === '' ? {} : { container: containerName }) },
    ]),
    ...configMapTargetRef.map(({ parameter, name, key }): [string, TriggerParameter] => [
      parameter,
      { from: 'config', namespace, name, key },
    ]),
    ...secretTargetRef.map(({ parameter, name, key }): [string, TriggerParameter] => [
      parameter,
      { from: 'secret', ref: { namespace, secret: name, key } },
    ]),
  ]
  return Object.fromEntries(entries)
}

function sourcesElsewhere(written: Written): readonly string[] {
  const identity = written.podIdentity?.['provider'] ?? 'none'
  return [...(identity === 'none' ? [] : ['podIdentity']), ...ELSEWHERE.filter((key) => written[key] !== undefined)]
}
