import { defineComponentType } from '../define.ts'
import { fields, optional } from '../schema.ts'
import { plainProbe, toProbe } from '../shapes/probes.ts'
import { volumeMountsWithoutSubPath } from '../shapes/volumes.ts'
import { buildContainer, containerFields } from './container.ts'

/** A Deployment without ports and without a name on the network. Source: KubeVela, worker definition. */
export const worker = defineComponentType({
  kind: 'component',
  type: 'worker',
  simulation: { level: 'simulated' },
  workload: 'Deployment',
  parameters: fields({
    ...containerFields,
    volumeMounts: volumeMountsWithoutSubPath,
    livenessProbe: optional(plainProbe),
    readinessProbe: optional(plainProbe),
  }),
  build: (draft, params, use) => {
    const container = buildContainer(draft, params, use)
    if (params.livenessProbe !== undefined) container.probe('live', toProbe(params.livenessProbe), use.at('livenessProbe'))
    if (params.readinessProbe !== undefined) container.probe('ready', toProbe(params.readinessProbe), use.at('readinessProbe'))
    return []
  },
})
