import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { authenticationOnly, truth, words } from './metadata-key.ts'

// Without a preset: what the scaler is handed is what the user wrote.
const { preset: _, ...flag } = truth()

/**
 * A scaler of the user's own, asked over gRPC; every further key is handed on to it. Source: KEDA, external_scaler.go. Its metrics and their
 * targets are named by the scaler itself when it is asked; 1 stands in until then.
 */
export const externalTriggers: readonly TriggerEntry[] = (['external', 'external-push'] as const).map((type) =>
  defineTrigger({
    kind: 'trigger',
    type,
    simulation: { level: 'simulated' },
    open: true,
    metadata: {
      scalerAddress: words({ required: true, examples: ['scaler:9090', 'other:9090'] }),
      enableTLS: flag,
      unsafeSsl: flag,
      ...authenticationOnly('caCert', 'tlsClientCert', 'tlsClientKey'),
    },
    measure: () => ({ target: 1, activation: 0, from: { by: 'meter', push: type === 'external-push' } }),
  }),
)
