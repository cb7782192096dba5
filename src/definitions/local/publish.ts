import { defineTrait } from '../define.ts'
import { problem } from '../problem.ts'
import { fields, oneOf, optional, portNumber, preset, required } from '../schema.ts'

/** A port of this machine that leads to the component; without a target to its first port. */
export const localPublish = defineTrait({
  kind: 'trait',
  type: 'local/publish',
  simulation: { level: 'simulated' },
  parameters: fields({
    host: required(portNumber()),
    target: optional(portNumber()),
    protocol: preset(oneOf('tcp', 'udp'), 'tcp'),
  }),
  apply: (draft, { host, target, protocol }, use) => {
    const ports = draft.containers().flatMap((container) => container.read().ports)
    const first = ports.find((port) => (port.protocol === 'udp') === (protocol === 'udp'))
    const number = target ?? first?.number
    if (number !== undefined) {
      draft.publish({ host, target: number, protocol, origin: use.origin })
      return []
    }
    const message = `component "${use.source.name}" has no ${protocol} port that ${host} could lead to`
    return [problem({ code: 'MP2208', severity: 'error', message, origin: use.origin, hint: 'name one as "target"' })]
  },
})
