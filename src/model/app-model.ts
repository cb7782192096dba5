import type { Origin } from '../kernel/diagnostic.ts'
import type { ComponentSource, Note } from './component.ts'
import type { ComponentKey } from './names.ts'
import type { SecretRef } from './secret-ref.ts'
import type { Workflow } from './workflow.ts'

/** One application in the intermediate form: every dialect lowers into it and nothing after it knows dialects. Holds no secret values. */
export interface AppModel {
  readonly name: string
  readonly namespace: string
  readonly dialect: 'oam' | 'aca' | 'compose' | 'dapr-run'
  /** Every component the application declares, as written (without overrides). */
  readonly components: readonly ComponentSource[]
  /** Applied in the order the workflow says; its steps hold the placed components. */
  readonly workflow: Workflow
  readonly policies: readonly Policy[]
  readonly configs: readonly ConfigObject[]
  readonly secrets: readonly SecretObject[]
  /** Service documents of the same file. */
  readonly services: readonly ServiceDocument[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly notes: readonly Note[]
  /** While it stays the same, edits of the application wait. */
  readonly publishVersion?: string
  readonly origin: Origin
}

export interface ConfigObject {
  readonly name: string
  readonly namespace: string
  readonly data: Readonly<Record<string, string>>
  readonly origin: Origin
}

/** Names of a secret's keys. The values travel beside the model in `SecretValues` and are never written anywhere. */
export interface SecretObject {
  readonly name: string
  readonly namespace: string
  readonly keys: readonly string[]
  readonly origin: Origin
}

/** A Service document: it names the component its selector picks. */
export interface ServiceDocument {
  readonly name: string
  readonly namespace: string
  readonly selects: ComponentKey
  readonly ports: readonly {
    readonly name: string
    readonly port: number
    readonly target: number | string
    readonly protocol: 'tcp' | 'udp'
  }[]
  readonly headless: boolean
  readonly origin: Origin
}

/** A selector of rule-style policies; an absent list matches everything. Source: KubeVela, ResourcePolicyRuleSelector. */
export interface RuleSelector {
  readonly componentNames?: readonly string[]
  readonly componentTypes?: readonly string[]
  readonly oamTypes?: readonly string[]
  readonly traitTypes?: readonly string[]
  readonly resourceTypes?: readonly string[]
  readonly resourceNames?: readonly string[]
}

export type Policy = { readonly name: string; readonly origin: Origin } & (
  | { readonly type: 'topology'; readonly clusters: readonly string[]; readonly namespace?: string }
  | { readonly type: 'override' }
  | {
      readonly type: 'garbage-collect'
      readonly keepLegacyResource: boolean
      readonly order: 'none' | 'dependency'
      readonly rules: readonly { readonly selector: RuleSelector; readonly strategy: 'onAppUpdate' | 'onAppDelete' | 'never' }[]
    }
  | {
      readonly type: 'apply-once'
      readonly enable: boolean
      readonly rules: readonly {
        readonly selector?: RuleSelector
        readonly affect: 'always' | 'onUpdate' | 'onStateKeep'
        readonly path: readonly string[]
      }[]
    }
  | { readonly type: 'not-simulated'; readonly written: string; readonly why: string }
)

/** Values of secrets by `secretKey(...)`. In memory only. */
export type SecretValues = ReadonlyMap<string, string>

export function secretKey(ref: SecretRef): string {
  return `${ref.namespace}/${ref.secret}/${ref.key}`
}

/** What people see instead of a secret's value. */
export function secretMark(ref: { readonly secret: string; readonly key: string }): string {
  return `‹secret ${ref.secret}/${ref.key}›`
}
