import { defineTrait } from '../define.ts'
import { problem } from '../problem.ts'
import { approximated, fields, ineffective, list, map, oneOf, optional, portNumber, preset, text } from '../schema.ts'
import { exposedPorts, noteSctp, serviceKindNote, toServicePort, type WrittenPort } from '../shapes/ports.ts'

/** A name on the network with the given ports. Source: KubeVela, expose definition. */
export const expose = defineTrait({
  kind: 'trait',
  type: 'expose',
  simulation: { level: 'simulated' },
  parameters: fields({
    port: optional(list(portNumber())),
    ports: exposedPorts,
    annotations: optional(map(text()), ineffective('annotations of a service steer the cloud; nothing here reads them')),
    matchLabels: optional(map(text()), approximated('the service always leads to the component that has the trait')),
    type: preset(oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'), 'ClusterIP', serviceKindNote),
  }),
  apply: (draft, params, use) => {
    const key = params.ports === undefined ? 'port' : 'ports'
    const ports: readonly WrittenPort[] = params.ports ?? (params.port ?? []).map((port) => ({ port, protocol: 'TCP' }))
    noteSctp(draft, ports, use.at('ports'))
    ports.forEach((port, index) => {
      draft.service({ name: use.source.name, ports: [toServicePort(port)], origin: use.at(key, index) })
    })
    if (ports.length === 0) {
      const message = '"expose" without ports makes no service'
      return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.origin, hint: 'give it "port" or "ports"' })]
    }
    if (params.port === undefined || params.ports === undefined) return []
    const message = '"port" has no effect beside "ports"'
    return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.at('port'), mark: 'key' })]
  },
})
