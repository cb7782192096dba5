import { defineTrigger } from '../define.ts'
import { amount, needsOneOf } from './checks.ts'
import { truth, wholeText, words } from './metadata-key.ts'

/** Messages that a consumer of a stream has not acknowledged. Source: KEDA, nats_jetstream_scaler.go. */
export const natsJetstream = defineTrigger({
  kind: 'trigger',
  type: 'nats-jetstream',
  simulation: { level: 'simulated' },
  metadata: {
    natsServerMonitoringEndpoint: words({ required: true, places: 'AM', examples: ['nats:8222', 'queue:8222'] }),
    account: words({ places: 'AM' }),
    accountID: words({ places: 'AM' }),
    stream: words({ required: true }),
    consumer: words({ required: true }),
    lagThreshold: wholeText({ preset: '10' }),
    activationLagThreshold: wholeText({ preset: '0' }),
    useHttps: truth(),
  },
  relate: (given) => needsOneOf(given, ['account'], ['accountID']),
  measure: (given) => ({
    ...amount(given, 'lagThreshold'),
    activation: given.number('activationLagThreshold') ?? 0,
    from: { by: 'meter', push: false },
    metric: `nats-jetstream-${given.text('stream') ?? ''}`,
  }),
})
