import { type RabbitmqMode, rabbitmqReading } from '../../../src/scaling/readings/rabbitmq.ts'
import { valueFrom, WrongSetting } from '../failure.ts'
import { urlOf } from '../http-auth.ts'
import type { OpenReader } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { tlsOf } from '../tls.ts'

const MODES: readonly RabbitmqMode[] = [
  'QueueLength',
  'MessageRate',
  'DeliverGetRate',
  'PublishedToDeliveredRatio',
  'ExpectedQueueConsumptionTime',
]
/** Of these the activity is more than the value above a threshold. */
const OWN_ACTIVITY: readonly RabbitmqMode[] = ['MessageRate', 'PublishedToDeliveredRatio', 'ExpectedQueueConsumptionTime']
const OPERATIONS = ['sum', 'avg', 'max'] as const

/** By AMQP or the management interface (kedacore/keda: pkg/scalers/rabbitmq_scaler.go). */
export const openRabbitmq: OpenReader = async (settings, context) => {
  const { mode, operation, activationValue, excludeUnacknowledged, protocol, ...of } = settingsOf(settings)
  const connect =
    protocol === 'http' ? (await import('./rabbitmq-http.ts')).askManagement : (await import('./rabbitmq-amqp.ts')).connectAmqp
  const connection = await connect(of, context)
  return {
    async read(signal) {
      const reading = rabbitmqReading({ queues: await connection.queues(signal), mode, operation, activationValue, excludeUnacknowledged })
      const value = valueFrom(reading)
      return OWN_ACTIVITY.includes(mode) ? { value, active: reading.active === true } : { value }
    },
    close: () => connection.close(),
  }
}

function settingsOf(settings: Settings) {
  const host = urlOf(settings, 'host')
  const protocol = protocolOf(settings, host)
  const username = settings.text('username')
  const password = settings.text('password')
  if ((username === undefined) !== (password === undefined)) throw new WrongSetting('username and password are given only together')
  if (username !== undefined && password !== undefined) {
    host.username = encodeURIComponent(username)
    host.password = encodeURIComponent(password)
  }
  const other = ['workloadIdentityResource', 'oauthTokenURI', 'clientID'].find((name) => settings.text(name) !== undefined)
  if (other !== undefined) throw new WrongSetting(`${other} is not read here: give a user and a password`)
  const useRegex = settings.flag('useRegex')
  const excludeUnacknowledged = settings.flag('excludeUnacknowledged')
  const mode = modeOf(settings)
  if (protocol === 'amqp') {
    for (const [name, set] of Object.entries({ useRegex, excludeUnacknowledged }))
      if (set) throw new WrongSetting(`${name} needs the protocol http`)
    if (mode !== 'QueueLength') throw new WrongSetting(`mode ${mode} needs the protocol http`)
  }
  const pageSize = settings.number('pageSize', 100)
  if (pageSize < 1) throw new WrongSetting('pageSize is less than 1')
  const activationValue = settings.number('activationValue', 0)
  const operation = settings.choice('operation', OPERATIONS, 'sum')
  const known = { host, protocol, mode, activationValue, excludeUnacknowledged, useRegex, operation, pageSize } as const
  return { ...known, queue: settings.demand('queueName'), vhost: settings.text('vhostName'), tls: tlsOf(settings) }
}

function protocolOf(settings: Settings, host: URL): 'amqp' | 'http' {
  const protocol = settings.choice('protocol', ['auto', 'amqp', 'http'], 'auto')
  if (protocol !== 'auto') return protocol
  if (/^amqps?:$/.test(host.protocol)) return 'amqp'
  if (/^https?:$/.test(host.protocol)) return 'http'
  throw new WrongSetting('host begins with none of amqp://, amqps://, http:// and https://')
}

/** `queueLength` is the old form of mode and value; without any of the three it is the length of the queue. */
function modeOf(settings: Settings): RabbitmqMode {
  const old = settings.number('queueLength', 0) !== 0
  const given = settings.text('mode')
  const valued = settings.number('value', 0) !== 0
  const named = given !== undefined && given !== 'Unknown'
  if (old && named && given !== 'QueueLength') throw new WrongSetting('queueLength is deprecated and excludes mode and value')
  if (!named && valued && !old) throw new WrongSetting('mode is missing')
  return named ? settings.choice('mode', MODES, 'QueueLength') : 'QueueLength'
}
