import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { defineComponentType } from '../define.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { approximated, fields, flag, list, map, oneOf, optional, portNumber, preset, required, text } from '../schema.ts'
import { containerPorts, noteSctp, serviceKindNote, toContainerPort, toServicePort, type WrittenPort } from '../shapes/ports.ts'
import { healthProbe, toProbe } from '../shapes/probes.ts'
import { cpuQuantity, memoryQuantity } from '../shapes/resources.ts'
import { volumeMounts } from '../shapes/volumes.ts'
import { buildContainer, containerFields } from './container.ts'

/** Parameters of pods that serve. Source: KubeVela, webservice and statefulset definitions. */
export const servingFields = {
  ...containerFields,
  labels: optional(map(text())),
  annotations: optional(map(text())),
  port: optional(portNumber()),
  ports: containerPorts,
  exposeType: preset(oneOf('ClusterIP', 'NodePort', 'LoadBalancer'), 'ClusterIP', serviceKindNote),
  addRevisionLabel: preset(flag(), false, approximated('replicas carry their revision in their own name, not in a label')),
  args: optional(list(text())),
  volumeMounts,
  livenessProbe: optional(healthProbe),
  readinessProbe: optional(healthProbe),
  hostAliases: optional(list(fields({ ip: required(text()), hostnames: required(list(text())) }))),
}

const limit = optional(fields({ cpu: optional(cpuQuantity), memory: optional(memoryQuantity) }))

/** A Deployment whose ports have a name on the network only where `expose` says so. */
export const webservice = defineComponentType({
  kind: 'component',
  type: 'webservice',
  simulation: { level: 'simulated' },
  workload: 'Deployment',
  parameters: fields({ ...servingFields, limit }),
  build: (draft, params, use) => {
    const container = buildContainer(draft, params, use)
    for (const [key, value] of Object.entries(params.labels ?? {})) draft.label(key, value, use.at('labels', key))
    for (const [key, value] of Object.entries(params.annotations ?? {})) draft.annotation(key, value, use.at('annotations', key))
    addPorts(draft, container, { port: params.port, ports: params.ports, use })
    if (params.livenessProbe !== undefined) container.probe('live', toProbe(params.livenessProbe), use.at('livenessProbe'))
    if (params.readinessProbe !== undefined) container.probe('ready', toProbe(params.readinessProbe), use.at('readinessProbe'))
    params.hostAliases?.forEach((alias, index) => {
      draft.addHostAlias(alias, use.at('hostAliases', index))
    })
    return [...limitsWithoutRequests(params, use), ...portBesidePorts(params, use)]
  },
})

/** The older `port` opens a container port and nothing else: without a Service there is no name. */
function addPorts(
  draft: ComponentDraft,
  container: ContainerDraft,
  written: {
    readonly port: number | undefined
    readonly ports: readonly (WrittenPort & { readonly expose: boolean })[] | undefined
    readonly use: UseContext
  },
): void {
  const { port, ports, use } = written
  if (ports === undefined) {
    if (port !== undefined) container.port(toContainerPort({ port, protocol: 'TCP' }, use.at('port')))
    return
  }
  noteSctp(draft, ports, use.at('ports'))
  ports.forEach((each, index) => {
    container.port(toContainerPort(each, use.at('ports', index)))
    if (each.expose) draft.service({ name: use.source.name, ports: [toServicePort(each)], origin: use.at('ports', index) })
  })
}

function portBesidePorts(params: { readonly port?: number; readonly ports?: unknown }, use: UseContext): readonly Diagnostic[] {
  if (params.port === undefined || params.ports === undefined) return []
  const message = '"port" has no effect beside "ports"'
  return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.at('port'), mark: 'key' })]
}

function limitsWithoutRequests(
  params: {
    readonly cpu?: string
    readonly memory?: string
    readonly limit?: { readonly cpu?: string; readonly memory?: string }
  },
  use: UseContext,
): readonly Diagnostic[] {
  return (['cpu', 'memory'] as const)
    .filter((key) => params.limit?.[key] !== undefined && params[key] === undefined)
    .map((key) =>
      problem({
        code: 'MP2207',
        severity: 'warning',
        message: `"limit.${key}" has no effect without "${key}"`,
        origin: use.at('limit', key),
        mark: 'key',
      }),
    )
}
