import { defineTrigger } from '../define.ts'
import { type Complaint, missing, notTogether } from './checks.ts'
import type { Given } from './given.ts'
import { authenticationOnly, choice, decimalText, durationText, truth, wholeText, words } from './metadata-key.ts'

const RATES = ['MessageRate', 'DeliverGetRate', 'PublishedToDeliveredRatio', 'ExpectedQueueConsumptionTime']
const DEFAULT_QUEUE_LENGTH = 20

/** Messages or rates of a queue. Source: KEDA, rabbitmq_scaler.go. */
export const rabbitmq = defineTrigger({
  kind: 'trigger',
  type: 'rabbitmq',
  simulation: { level: 'simulated' },
  metadata: {
    queueName: words({ required: true }),
    mode: choice(['QueueLength', ...RATES, 'Unknown'], { preset: 'Unknown' }),
    value: decimalText(),
    queueLength: decimalText(),
    activationValue: decimalText({ preset: '0' }),
    host: words({ required: true, places: 'MAE', examples: ['amqp://rabbitmq:5672', 'http://rabbitmq:15672'] }),
    protocol: choice(['auto', 'amqp', 'http'], { preset: 'auto', places: 'MA' }),
    vhostName: words({ places: 'MA' }),
    useRegex: truth(),
    excludeUnacknowledged: truth(),
    pageSize: wholeText({ preset: '100' }),
    operation: choice(['sum', 'avg', 'max'], { preset: 'sum' }),
    timeout: durationText(),
    unsafeSsl: truth(),
    username: words({ places: 'AE' }),
    password: words({ places: 'AE' }),
    tls: choice(['enable', 'disable'], { places: 'A', preset: 'disable' }),
    ...authenticationOnly('ca', 'cert', 'key', 'keyPassword', 'workloadIdentityResource'),
    ...authenticationOnly('oauthTokenURI', 'scopes', 'scope', 'clientID', 'clientSecret', 'endpointParams'),
  },
  relate: (given) => [...checkMode(given), ...checkProtocol(given), ...checkPair(given, 'username', 'password')],
  measure: (given) => ({
    target: given.number('queueLength') ?? given.number('value') ?? DEFAULT_QUEUE_LENGTH,
    targetKey: given.has('queueLength') ? 'queueLength' : 'value',
    activation: given.number('activationValue') ?? 0,
    from: { by: 'meter', push: false },
    metric: `rabbitmq-${queryEscape(given.text('queueName') ?? '')}`,
  }),
})

function checkMode(given: Given): readonly Complaint[] {
  const moded = given.text('mode') !== 'Unknown'
  if (given.has('queueLength')) {
    const hint = 'queueLength is the old form of mode: QueueLength with value'
    const both = [...(moded ? notTogether(given, 'queueLength', 'mode') : []), ...notTogether(given, 'queueLength', 'value')]
    return both.map((complaint) => ({ ...complaint, hint }))
  }
  if (moded && !given.has('value')) return [missing('value')]
  if (!moded && given.has('value')) return [missing('mode')]
  return []
}

/** What the host tells, where it is written in the metadata. */
function checkProtocol(given: Given): readonly Complaint[] {
  const written = given.text('protocol')
  const scheme = /^(amqp|http)s?:/.exec(given.text('host') ?? '')?.[1]
  const host = given.text('host')
  if (written === 'auto' && host !== undefined && scheme === undefined) {
    return [{ code: 'MP2105', message: '"host" must begin with amqp://, amqps://, http:// or https://', at: 'host' }]
  }
  const protocol = written === 'auto' ? scheme : written
  if (protocol !== 'amqp') return []
  const http = 'use the management API: a host that begins with http://'
  const refuse = (at: string, message: string): Complaint => ({ code: 'MP2106', message, at, hint: http })
  return [
    ...(RATES.includes(given.text('mode') ?? '') ? [refuse('mode', `mode "${given.text('mode')}" needs the protocol http`)] : []),
    ...(given.flag('useRegex') ? [refuse('useRegex', '"useRegex" needs the protocol http')] : []),
    ...(given.flag('excludeUnacknowledged') ? [refuse('excludeUnacknowledged', '"excludeUnacknowledged" needs the protocol http')] : []),
    ...(given.has('timeout') ? [refuse('timeout', '"timeout" needs the protocol http')] : []),
  ]
}

function checkPair(given: Given, one: string, other: string): readonly Complaint[] {
  if (given.has(one) === given.has(other)) return []
  return [missing(given.has(one) ? other : one)]
}

/** Source: Go, url.QueryEscape. */
function queryEscape(text: string): string {
  const escaped = encodeURIComponent(text).replaceAll('%20', '+')
  return escaped.replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
