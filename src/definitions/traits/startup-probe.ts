import { defineTrait } from '../define.ts'
import { approximated, fields, integer, optional, parts, preset, text } from '../schema.ts'
import { startupProbeFields, toProbe } from '../shapes/probes.ts'
import { eachContainer } from './container-form.ts'

/** A probe that must succeed before the others count. Source: KubeVela, startup-probe definition. */
export const startupProbe = defineTrait({
  kind: 'trait',
  type: 'startup-probe',
  simulation: { level: 'simulated' },
  parameters: parts(
    'probes',
    fields(
      {
        containerName: preset(text(), ''),
        ...startupProbeFields,
        terminationGracePeriodSeconds: optional(
          integer({ min: 1 }),
          approximated('a failed probe ends the container with the grace period of the pod'),
        ),
      },
      { rule: 'exactly-one', of: ['exec', 'httpGet', 'grpc', 'tcpSocket'] },
    ),
  ),
  apply: (draft, given, use) =>
    eachContainer(draft, { given, list: 'probes', use }, (container, entry, at) => {
      container.probe('startup', toProbe(entry), at())
      return []
    }),
})
