import { quantityShape } from '../scaling/shapes.ts'
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
  portNumber,
  preset,
  required,
  text,
  type YieldOf,
} from '../schema.ts'
import { pullPolicy } from '../shapes/images.ts'
import { defaultMode, medium, volumeItems } from '../shapes/volumes.ts'

const keyRef = fields({ name: required(text()), key: required(text()), optional: optional(flag()) })

const env = fields(
  {
    name: required(text()),
    value: optional(text()),
    valueFrom: optional(
      fields(
        {
          secretKeyRef: optional(keyRef),
          configMapKeyRef: optional(keyRef),
          fieldRef: optional(fields({ fieldPath: required(text()), apiVersion: optional(text()) })),
        },
        { rule: 'exactly-one', of: ['secretKeyRef', 'configMapKeyRef', 'fieldRef'] },
      ),
    ),
  },
  { rule: 'at-most-one', of: ['value', 'valueFrom'] },
)

const amounts = fields({
  cpu: optional(quantityShape),
  memory: optional(quantityShape),
  'ephemeral-storage': optional(quantityShape, notSimulated('disk space is neither reserved nor limited')),
})

const unprobed = notSimulated('the containers of a job are not probed')
const unhooked = notSimulated('hooks of the containers of a job are not run')
const unguarded = notSimulated('containers run as the engine runs them')
const unattended = notSimulated('nobody is attached to the containers of a job')

/** Source: Kubernetes, core/v1 Container. */
const container = fields({
  name: required(text()),
  image: required(text()),
  imagePullPolicy: optional(pullPolicy),
  command: optional(list(text())),
  args: optional(list(text())),
  workingDir: optional(text()),
  env: optional(list(env)),
  envFrom: optional(list(anything()), notSimulated('list the variables under env: whole config maps and secrets are not taken over')),
  resources: optional(
    fields({
      requests: optional(amounts),
      limits: optional(amounts),
      claims: optional(anything(), notSimulated('devices are not claimed')),
    }),
  ),
  ports: optional(
    list(
      fields({
        containerPort: required(portNumber()),
        name: optional(text()),
        protocol: preset(oneOf('TCP', 'UDP', 'SCTP'), 'TCP'),
        hostPort: optional(portNumber(), notSimulated('ports of jobs are not published')),
        hostIP: optional(text(), notSimulated('ports of jobs are not published')),
      }),
    ),
  ),
  volumeMounts: optional(
    list(
      fields({
        name: required(text()),
        mountPath: required(text()),
        subPath: optional(text()),
        readOnly: preset(flag(), false),
        subPathExpr: optional(text(), notSimulated('variables in paths of mounts are not expanded')),
        mountPropagation: optional(text(), notSimulated('mounts are not propagated')),
        recursiveReadOnly: optional(text(), notSimulated('mounts are read-only as a whole or not at all')),
      }),
    ),
  ),
  livenessProbe: optional(anything(), unprobed),
  readinessProbe: optional(anything(), unprobed),
  startupProbe: optional(anything(), unprobed),
  lifecycle: optional(anything(), unhooked),
  restartPolicy: optional(text(), notSimulated('an init container runs to its end; it does not go on beside the others')),
  restartPolicyRules: optional(anything(), notSimulated('the restart policy of the pod counts for every container')),
  resizePolicy: optional(anything(), notSimulated('containers are not resized')),
  securityContext: optional(anything(), unguarded),
  stdin: optional(flag(), unattended),
  stdinOnce: optional(flag(), unattended),
  tty: optional(flag(), unattended),
  terminationMessagePath: optional(text(), notSimulated('the message of an end is in the logs')),
  terminationMessagePolicy: optional(text(), notSimulated('the message of an end is in the logs')),
  volumeDevices: optional(anything(), notSimulated('there are no block devices')),
})
export type ContainerWritten = YieldOf<typeof container>

const unsupported = notSimulated('this kind of volume is not there')

/** Source: Kubernetes, core/v1 Volume. */
const volume = fields({
  name: required(text()),
  emptyDir: optional(fields({ medium, sizeLimit: optional(text(), approximated('the size is not limited')) })),
  configMap: optional(fields({ name: required(text()), defaultMode, items: volumeItems, optional: optional(flag()) })),
  secret: optional(fields({ secretName: required(text()), defaultMode, items: volumeItems, optional: optional(flag()) })),
  persistentVolumeClaim: optional(fields({ claimName: required(text()), readOnly: preset(flag(), false) })),
  hostPath: optional(fields({ path: required(text()), type: optional(text(), notSimulated('the path is not checked')) })),
  projected: optional(anything(), unsupported),
  downwardAPI: optional(anything(), unsupported),
  ephemeral: optional(anything(), unsupported),
  csi: optional(anything(), unsupported),
  nfs: optional(anything(), unsupported),
})
export type VolumeWritten = YieldOf<typeof volume>

const unplaced = notSimulated('there is one machine: nothing is placed')
const unshared = notSimulated('pods have namespaces of their own')
const unnamed = notSimulated('names are looked up as everywhere in the environment')

/** Source: Kubernetes, core/v1 PodSpec. */
const podShape = fields({
  containers: required(list(container)),
  initContainers: optional(list(container)),
  volumes: optional(list(volume)),
  restartPolicy: preset(oneOf('Never', 'OnFailure'), 'Never'),
  hostAliases: optional(list(fields({ ip: required(text()), hostnames: required(list(text())) }))),
  terminationGracePeriodSeconds: optional(integer({ min: 0 }), approximated('a container that is ended has 30 seconds')),
  imagePullSecrets: optional(list(anything()), notSimulated('images are pulled with the credentials of this machine')),
  activeDeadlineSeconds: optional(integer({ min: 1 }), notSimulated('pods have no deadline')),
  serviceAccountName: optional(text(), unguarded),
  serviceAccount: optional(text(), unguarded),
  automountServiceAccountToken: optional(flag(), unguarded),
  securityContext: optional(anything(), unguarded),
  nodeSelector: optional(map(anything()), unplaced),
  nodeName: optional(text(), unplaced),
  affinity: optional(anything(), unplaced),
  tolerations: optional(anything(), unplaced),
  topologySpreadConstraints: optional(anything(), unplaced),
  schedulerName: optional(text(), unplaced),
  priority: optional(integer(), unplaced),
  priorityClassName: optional(text(), unplaced),
  preemptionPolicy: optional(text(), unplaced),
  runtimeClassName: optional(text(), unguarded),
  hostNetwork: optional(flag(), unshared),
  hostPID: optional(flag(), unshared),
  hostIPC: optional(flag(), unshared),
  hostUsers: optional(flag(), unshared),
  shareProcessNamespace: optional(flag(), unshared),
  dnsPolicy: optional(text(), unnamed),
  dnsConfig: optional(anything(), unnamed),
  hostname: optional(text(), unnamed),
  subdomain: optional(text(), unnamed),
  setHostnameAsFQDN: optional(flag(), unnamed),
  enableServiceLinks: optional(flag(), unnamed),
  ephemeralContainers: optional(anything(), unattended),
  os: optional(anything(), unplaced),
  overhead: optional(anything(), unplaced),
  readinessGates: optional(anything(), unprobed),
  resourceClaims: optional(anything(), unplaced),
  resources: optional(anything(), notSimulated('resources belong to containers')),
  schedulingGates: optional(anything(), unplaced),
})
export type PodWritten = YieldOf<typeof podShape>

/** Source: Kubernetes, core/v1 PodTemplateSpec. */
export const podTemplateShape = fields({
  metadata: optional(
    fields({
      name: optional(text(), notSimulated('pods are named after their job')),
      namespace: optional(text(), notSimulated('pods are in the namespace of the ScaledJob')),
      labels: optional(map(text())),
      annotations: optional(map(text())),
      creationTimestamp: optional(anything(), ineffective('the cluster fills it in')),
    }),
  ),
  spec: required(podShape),
})
