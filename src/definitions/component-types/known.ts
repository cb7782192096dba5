import type { WorkloadKind } from '../../model/component.ts'
import { defineComponentType } from '../define.ts'
import type { ComponentTypeEntry } from '../definition.ts'
import { anything, fields, flag, integer, list, map, oneOf, openFields, optional, preset, required, type Schema, text } from '../schema.ts'
import { daemonPorts } from '../shapes/ports.ts'
import { daemonVolumeMounts, volumeMounts } from '../shapes/volumes.ts'
import { jobFields } from './task.ts'
import { servingFields } from './webservice.ts'

function known<P>(of: {
  readonly type: string
  readonly workload?: WorkloadKind
  readonly why: string
  readonly parameters: Schema<P>
}): ComponentTypeEntry {
  const { type, why, parameters, workload = 'none' } = of
  return defineComponentType({ kind: 'component', type, workload, simulation: { level: 'known', why }, parameters })
}

const statefulset = known({
  type: 'statefulset',
  workload: 'StatefulSet',
  why: 'ordered replicas with stable names are not supported yet',
  parameters: fields(servingFields),
})

const { args: _, ...daemonFields } = servingFields

const daemon = known({
  type: 'daemon',
  workload: 'DaemonSet',
  why: 'there are no nodes here to run one replica on each',
  parameters: fields({
    ...daemonFields,
    ports: daemonPorts,
    exposeType: preset(oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'), 'ClusterIP'),
    volumeMounts: daemonVolumeMounts,
  }),
})

const cronTask = known({
  type: 'cron-task',
  why: 'schedules are not supported yet',
  parameters: fields({
    ...jobFields,
    schedule: required(text()),
    startingDeadlineSeconds: optional(integer()),
    suspend: preset(flag(), false),
    concurrencyPolicy: preset(oneOf('Allow', 'Forbid', 'Replace'), 'Allow'),
    successfulJobsHistoryLimit: preset(integer({ min: 0 }), 3),
    failedJobsHistoryLimit: preset(integer({ min: 0 }), 1),
    volumeMounts,
    hostAliases: servingFields.hostAliases,
    ttlSecondsAfterFinished: optional(integer()),
    activeDeadlineSeconds: optional(integer()),
    backoffLimit: preset(integer({ min: 0 }), 6),
  }),
})

const objects = [
  known({
    type: 'k8s-objects',
    why: 'arbitrary Kubernetes objects are not run yet',
    parameters: fields({ objects: required(list(map(anything()))) }),
  }),
  known({ type: 'raw', why: 'arbitrary Kubernetes objects are not run yet', parameters: map(anything()) }),
  known({
    type: 'ref-objects',
    why: 'there is no cluster whose objects could be copied',
    parameters: fields({
      objects: optional(
        list(
          openFields({
            resource: optional(text()),
            group: optional(text()),
            name: optional(text()),
            namespace: optional(text()),
            cluster: optional(text()),
            labelSelector: optional(map(text())),
          }),
        ),
      ),
      urls: optional(list(text())),
    }),
  }),
]

const secretRef = fields({ name: required(text()), namespace: optional(text()) })

const helmchart = known({
  type: 'helmchart',
  why: 'charts are not rendered yet',
  parameters: fields({
    chart: required(
      fields({
        source: required(text()),
        repoURL: optional(text()),
        version: preset(text(), 'latest'),
        auth: optional(fields({ secretRef: optional(secretRef) })),
      }),
    ),
    release: optional(fields({ name: optional(text()), namespace: optional(text()) })),
    values: optional(map(anything())),
    valuesFrom: optional(
      list(
        fields({
          kind: required(oneOf('Secret', 'ConfigMap')),
          name: required(text()),
          namespace: optional(text()),
          key: optional(text()),
          optional: preset(flag(), false),
        }),
      ),
    ),
    healthStatus: optional(list(map(anything()))),
    options: optional(map(anything())),
  }),
})

const packages = [
  helmchart,
  known({
    type: 'helm',
    why: 'charts are not rendered yet',
    parameters: openFields({
      repoType: optional(oneOf('helm', 'git', 'oss', 'oci')),
      url: optional(text()),
      chart: optional(text()),
      version: optional(text()),
      values: optional(map(anything())),
    }),
  }),
  known({
    type: 'kustomize',
    why: 'kustomizations are not rendered yet',
    parameters: openFields({ repoType: optional(oneOf('git', 'oss', 'oci')), url: optional(text()), path: optional(text()) }),
  }),
  known({ type: 'addon', why: 'KubeVela addons extend a cluster', parameters: map(anything()) }),
]

/** Types of the Terraform addons: a prefix per cloud. Source: KubeVela catalog, terraform-* addons. */
const cloudResources = ['alibaba-*', 'aws-*', 'azure-*', 'gcp-*', 'tencent-*', 'baidu-*', 'ucloud-*'].map((type) =>
  known({
    type,
    why: 'cloud resources are not created; give its consumers a local stand-in',
    parameters: openFields({ writeConnectionSecretToRef: optional(secretRef), customRegion: optional(text()) }),
  }),
)

/** Component types of KubeVela and its addons that are accepted and listed, but do not run. */
export const knownComponentTypes: readonly ComponentTypeEntry[] = [
  statefulset,
  daemon,
  cronTask,
  ...objects,
  ...packages,
  ...cloudResources,
]
