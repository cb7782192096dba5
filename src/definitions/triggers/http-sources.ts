import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount } from './checks.ts'
import { authenticationOnly, choice, decimalText, durationText, type MetadataKey, truth, words } from './metadata-key.ts'

const simulated = { level: 'simulated' } as const
const meter = { by: 'meter', push: false } as const

/** Source: KEDA, pkg/scalers/authentication/authentication_types.go. */
const authentication: Readonly<Record<string, MetadataKey>> = {
  authModes: words({ places: 'MA', examples: ['bearer', 'basic'] }),
  authMode: words({ places: 'MA', examples: ['bearer', 'basic'] }),
  ...authenticationOnly('bearerToken', 'token', 'username', 'password', 'ca', 'cert', 'key'),
  ...authenticationOnly('customAuthHeader', 'customAuthValue', 'oauthTokenURI', 'scopes', 'scope', 'clientID', 'clientSecret'),
  ...authenticationOnly('endpointParams'),
}
const apiKey: Readonly<Record<string, MetadataKey>> = {
  apiKey: words({ places: 'MA' }),
  method: choice(['header', 'query'], { places: 'MA', preset: 'header' }),
  keyParamName: words({ places: 'MA' }),
}

/** One number from an instant query. Source: KEDA, prometheus_scaler.go. */
const prometheus = defineTrigger({
  kind: 'trigger',
  type: 'prometheus',
  simulation: simulated,
  metadata: {
    serverAddress: words({ required: true, examples: ['http://prometheus:9090', 'http://metrics:9090'] }),
    query: words({ required: true }),
    threshold: decimalText({ required: true }),
    activationThreshold: decimalText({ preset: '0' }),
    ignoreNullValues: truth('true'),
    namespace: words(),
    customHeaders: words(),
    queryParameters: words(),
    unsafeSsl: truth(),
    timeout: durationText(),
    awsRegion: words({ places: 'MA' }),
    identityOwner: words(),
    ...authentication,
    ...apiKey,
  },
  measure: (given) => ({
    ...amount(given, 'threshold'),
    activation: given.number('activationThreshold') ?? 0,
    from: meter,
    metric: 'prometheus',
  }),
})

/** A number in the answer of a URL. Source: KEDA, metrics_api_scaler.go. */
const metricsApi = defineTrigger({
  kind: 'trigger',
  type: 'metrics-api',
  simulation: simulated,
  metadata: {
    url: words({ required: true, examples: ['http://web:8080/metrics', 'http://api:8080/stats'] }),
    valueLocation: words({ required: true }),
    targetValue: decimalText(),
    activationTargetValue: decimalText({ preset: '0' }),
    format: choice(['json', 'prometheus', 'xml', 'yaml'], { preset: 'json' }),
    aggregateFromKubeServiceEndpoints: truth(),
    aggregationType: choice(['average', 'sum', 'max', 'min'], { preset: 'average' }),
    unsafeSsl: truth(),
    timeout: durationText(),
    ...authentication,
    ...apiKey,
  },
  measure: (given) => ({
    ...amount(given, 'targetValue'),
    activation: given.number('activationTargetValue') ?? 0,
    from: meter,
    metric: `metric-api-${given.text('valueLocation') ?? ''}`,
  }),
})

/** The last point of a series that is not null. Source: KEDA, graphite_scaler.go. */
const graphite = defineTrigger({
  kind: 'trigger',
  type: 'graphite',
  simulation: simulated,
  metadata: {
    serverAddress: words({ required: true, examples: ['http://graphite:8080', 'http://metrics:8080'] }),
    query: words({ required: true }),
    threshold: decimalText({ preset: '100' }),
    activationThreshold: decimalText({ preset: '0' }),
    queryTime: words({ required: true, examples: ['-10min', '-1h'] }),
    authMode: choice(['basic']),
    ...authenticationOnly('username', 'password'),
  },
  measure: (given) => ({
    ...amount(given, 'threshold'),
    activation: given.number('activationThreshold') ?? 0,
    from: meter,
    metric: 'graphite',
  }),
})

export const httpSourceTriggers: readonly TriggerEntry[] = [prometheus, metricsApi, graphite]
