import type { TraitEntry } from '../definition.ts'
import {
  anything,
  fields,
  flag,
  integer,
  list,
  map,
  oneOf,
  openFields,
  optional,
  parts,
  portNumber,
  preset,
  required,
  text,
  variant,
} from '../schema.ts'
import { memoryQuantity } from '../shapes/resources.ts'
import { defaultMode, medium, volumeItems } from '../shapes/volumes.ts'
import { knownTrait } from './known-trait.ts'

const SECURITY = 'containers and processes run with the rights of their image or of your user'
const PLACEMENT = 'there is one machine here, so nothing to choose from'
const PATCHES = 'patches of rendered objects are not supported yet'

const profile = optional(fields({ type: required(oneOf('RuntimeDefault', 'Unconfined', 'Localhost')), localhostProfile: optional(text()) }))

const securityTraits = [
  knownTrait({
    type: 'securitycontext',
    why: SECURITY,
    parameters: parts(
      'containers',
      fields({
        containerName: preset(text(), ''),
        addCapabilities: optional(list(text())),
        dropCapabilities: optional(list(text())),
        allowPrivilegeEscalation: preset(flag(), false),
        privileged: preset(flag(), false),
        readOnlyRootFilesystem: preset(flag(), false),
        runAsNonRoot: preset(flag(), true),
        runAsUser: optional(integer()),
        runAsGroup: optional(integer()),
      }),
    ),
  }),
  knownTrait({
    type: 'podsecuritycontext',
    why: SECURITY,
    parameters: fields({
      runAsNonRoot: preset(flag(), true),
      runAsUser: optional(integer()),
      runAsGroup: optional(integer()),
      fsGroup: optional(integer()),
      seccompProfile: profile,
      appArmorProfile: profile,
    }),
  }),
  knownTrait({
    type: 'service-account',
    why: 'there is no cluster API whose use could be granted',
    parameters: fields({
      name: required(text()),
      create: preset(flag(), false),
      privileges: optional(
        list(
          fields({
            verbs: required(list(text())),
            apiGroups: optional(list(text())),
            resources: optional(list(text())),
            resourceNames: optional(list(text())),
            nonResourceURLs: optional(list(text())),
            scope: preset(oneOf('namespace', 'cluster'), 'namespace'),
          }),
        ),
      ),
    }),
  }),
]

const terms = optional(fields({ required: optional(anything()), preferred: optional(list(map(anything()))) }))

const placementTraits = [
  knownTrait({
    type: 'affinity',
    why: PLACEMENT,
    parameters: fields({
      podAffinity: terms,
      podAntiAffinity: terms,
      nodeAffinity: terms,
      tolerations: optional(
        list(
          fields({
            key: optional(text()),
            operator: preset(oneOf('Equal', 'Exists'), 'Equal'),
            value: optional(text()),
            effect: optional(oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')),
            tolerationSeconds: optional(integer()),
          }),
        ),
      ),
    }),
  }),
  knownTrait({
    type: 'node-affinity',
    why: PLACEMENT,
    parameters: fields({ affinity: optional(map(list(text()))), tolerations: optional(map(text())) }),
  }),
  knownTrait({
    type: 'topologyspreadconstraints',
    why: PLACEMENT,
    parameters: fields({
      constraints: required(
        list(
          fields({
            maxSkew: required(integer()),
            topologyKey: required(text()),
            whenUnsatisfiable: preset(oneOf('DoNotSchedule', 'ScheduleAnyway'), 'DoNotSchedule'),
            labelSelector: required(map(anything())),
            minDomains: optional(integer()),
            matchLabelKeys: optional(list(text())),
            nodeAffinityPolicy: optional(oneOf('Honor', 'Ignore')),
            nodeTaintsPolicy: optional(oneOf('Honor', 'Ignore')),
          }),
        ),
      ),
    }),
  }),
]

const patchTraits = [
  knownTrait({ type: 'json-patch', why: PATCHES, parameters: fields({ operations: required(list(map(anything()))) }) }),
  knownTrait({ type: 'json-merge-patch', why: PATCHES, parameters: map(anything()) }),
  knownTrait({
    type: 'k8s-update-strategy',
    why: 'updates are rolling, a quarter at a time',
    parameters: fields({
      targetAPIVersion: preset(text(), 'apps/v1'),
      targetKind: preset(oneOf('Deployment', 'StatefulSet', 'DaemonSet'), 'Deployment'),
      strategy: required(
        fields({
          type: preset(oneOf('RollingUpdate', 'Recreate', 'OnDelete'), 'RollingUpdate'),
          rollingStrategy: optional(
            fields({ maxSurge: preset(text(), '25%'), maxUnavailable: preset(text(), '25%'), partition: preset(integer(), 0) }),
          ),
        }),
      ),
    }),
  }),
]

const STORAGE = 'use the storage trait instead, which is simulated'
const place = { name: required(text()) }

const olderStorageTraits = [
  knownTrait({
    type: 'configmap',
    why: STORAGE,
    parameters: fields({
      volumes: required(
        list(fields({ ...place, mountPath: required(text()), readOnly: preset(flag(), false), data: optional(map(text())) })),
      ),
    }),
  }),
  knownTrait({
    type: 'volumes',
    why: STORAGE,
    parameters: fields({
      volumes: optional(
        list(
          variant(
            {
              emptyDir: { ...place, medium },
              pvc: { ...place, claimName: required(text()) },
              configMap: { ...place, defaultMode, cmName: required(text()), items: volumeItems },
              secret: { ...place, defaultMode, secretName: required(text()), items: volumeItems },
            },
            'emptyDir',
          ),
        ),
      ),
    }),
  }),
  knownTrait({
    type: 'pvc',
    why: STORAGE,
    parameters: openFields({
      claimName: required(text()),
      volumeMode: preset(text(), 'Filesystem'),
      accessModes: optional(list(text())),
      resources: required(openFields({ requests: required(fields({ storage: required(memoryQuantity) })) })),
      volumesToMount: required(list(fields({ ...place, mountPath: optional(text()), devicePath: optional(text()) }))),
    }),
  }),
]

const containerPorts = knownTrait({
  type: 'container-ports',
  why: 'host ports are not opened by the model; publish ports in minipaas.yaml',
  parameters: parts(
    'containers',
    fields({
      containerName: preset(text(), ''),
      ports: preset(
        list(
          fields({
            containerPort: required(portNumber()),
            protocol: preset(oneOf('TCP', 'UDP', 'SCTP'), 'TCP'),
            hostPort: optional(portNumber()),
            hostIP: optional(text()),
          }),
        ),
        [],
      ),
    }),
  ),
})

/** Traits of KubeVela that shape pods in ways that are not simulated. */
export const knownPodTraits: readonly TraitEntry[] = [
  ...securityTraits,
  ...placementTraits,
  ...patchTraits,
  ...olderStorageTraits,
  containerPorts,
]
