import type { Origin } from '../../kernel/diagnostic.ts'
import type { ServicePort } from '../../model/component.ts'
import type { Port } from '../../model/pod.ts'
import type { ComponentDraft } from '../draft.ts'
import { approximated, fields, flag, list, oneOf, optional, portNumber, preset, required, text } from '../schema.ts'

const protocol = oneOf('TCP', 'UDP', 'SCTP')

/** How a Service is reached from outside is the cloud's business; here it always has a loopback port. */
export const serviceKindNote = approximated('every service is reachable on a loopback port of this machine, whatever its type')
const nodePortNote = approximated('node ports are not opened; the service has a loopback port of its own')

const declared = {
  port: required(portNumber()),
  name: optional(text()),
  protocol: preset(protocol, 'TCP'),
}

/** `ports[]` of webservice and statefulset. */
export const containerPorts = optional(
  list(
    fields({
      ...declared,
      containerPort: optional(portNumber()),
      expose: preset(flag(), false),
      nodePort: optional(portNumber(), nodePortNote),
    }),
  ),
)

/** `ports[]` of daemon. */
export const daemonPorts = optional(list(fields({ ...declared, expose: preset(flag(), false) })))

/** `ports[]` of the expose trait. */
export const exposedPorts = optional(list(fields({ ...declared, nodePort: optional(portNumber(), nodePortNote) })))

export interface WrittenPort {
  readonly port: number
  readonly containerPort?: number
  readonly name?: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
}

/** KubeVela names unnamed ports after the container port: `port-8080`, `port-53-udp`. */
function portName(written: WrittenPort): string {
  const name = written.name ?? `port-${written.containerPort ?? written.port}`
  return written.name === undefined && written.protocol !== 'TCP' ? `${name}-${written.protocol.toLowerCase()}` : name
}

export function toContainerPort(written: WrittenPort, origin: Origin): Port {
  const transport = written.protocol === 'UDP' ? 'udp' : 'tcp'
  return { name: portName(written), number: written.containerPort ?? written.port, protocol: transport, origin }
}

export function toServicePort(written: WrittenPort): ServicePort {
  return {
    name: portName(written),
    port: written.port,
    target: written.containerPort ?? written.port,
    protocol: written.protocol === 'UDP' ? 'udp' : 'tcp',
  }
}

/** There is no SCTP here: such ports are treated as TCP, and a note says so. */
export function noteSctp(draft: ComponentDraft, ports: readonly WrittenPort[], origin: Origin): void {
  if (!ports.some((port) => port.protocol === 'SCTP')) return
  draft.note({ kind: 'approximated', subject: 'ports', text: 'SCTP ports are treated as TCP ports', origin })
}
