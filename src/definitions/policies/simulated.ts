import { definePolicy } from '../define.ts'
import {
  anything,
  approximated,
  fields,
  flag,
  ineffective,
  integer,
  list,
  map,
  notSimulated,
  oneOf,
  optional,
  preset,
  required,
  text,
  type YieldOf,
} from '../schema.ts'
import { ruleSelector } from './rule-selector.ts'

/** Where `deploy` puts components. Source: KubeVela, topology definition. */
export const topology = definePolicy({
  kind: 'policy',
  type: 'topology',
  simulation: { level: 'simulated' },
  parameters: fields({
    clusters: optional(list(text())),
    clusterLabelSelector: optional(map(text()), approximated('there is one cluster here, "local"; its labels are not considered')),
    allowEmpty: optional(flag(), ineffective('there is always one cluster here')),
    clusterSelector: optional(map(text()), approximated('there is one cluster here, "local"; its labels are not considered')),
    namespace: optional(text()),
  }),
})
export type TopologyParameters = YieldOf<typeof topology.parameters>

const componentPatch = fields({
  name: optional(text()),
  type: optional(text()),
  properties: optional(map(anything())),
  traits: optional(list(fields({ type: required(text()), properties: optional(map(anything())), disable: preset(flag(), false) }))),
})

/** What `deploy` changes in components; see `applyOverride`. Source: KubeVela, override definition. */
export const override = definePolicy({
  kind: 'policy',
  type: 'override',
  simulation: { level: 'simulated' },
  parameters: fields({ components: preset(list(componentPatch), []), selector: optional(list(text())) }),
})
export type OverrideParameters = YieldOf<typeof override.parameters>

/** What is removed when, once the model no longer has it. Source: KubeVela, garbage-collect definition. */
export const garbageCollect = definePolicy({
  kind: 'policy',
  type: 'garbage-collect',
  simulation: { level: 'simulated' },
  parameters: fields({
    applicationRevisionLimit: optional(integer({ min: 0 }), notSimulated('old revisions of an application are not kept')),
    keepLegacyResource: preset(flag(), false),
    continueOnFailure: preset(flag(), false, approximated('removals do not wait for each other')),
    order: optional(oneOf('dependency')),
    rules: preset(
      list(
        fields({
          selector: required(ruleSelector),
          strategy: preset(oneOf('onAppUpdate', 'onAppDelete', 'never'), 'onAppUpdate'),
          propagation: optional(oneOf('orphan', 'cascading'), notSimulated('a component is always removed with everything it started')),
        }),
      ),
      [],
    ),
  }),
})
export type GarbageCollectParameters = YieldOf<typeof garbageCollect.parameters>

/** What is not put back when it drifts from the model. Source: KubeVela, apply-once definition. */
export const applyOnce = definePolicy({
  kind: 'policy',
  type: 'apply-once',
  simulation: { level: 'simulated' },
  parameters: fields({
    enable: preset(flag(), false),
    rules: preset(
      list(
        fields({
          selector: optional(ruleSelector),
          strategy: required(
            fields({ affect: preset(oneOf('always', 'onUpdate', 'onStateKeep'), 'always'), path: required(list(text())) }),
          ),
        }),
      ),
      [],
    ),
  }),
})
export type ApplyOnceParameters = YieldOf<typeof applyOnce.parameters>
