import { expect, test } from '@jest/globals'
import { resolveTriggerSettings, type SettingsInput } from '../../../../src/definitions/triggers/resolve-settings.ts'
import type { ScaleTrigger } from '../../../../src/model/scale-policy.ts'

const TRIGGER: ScaleTrigger = {
  name: 's0-rabbitmq-jobs',
  named: false,
  type: 'rabbitmq',
  metadata: { queueName: 'jobs', hostFromEnv: 'HOST', pageSize: '100' },
  metricType: 'AverageValue',
  target: 20,
  activation: 0,
  useCachedMetrics: false,
  from: { by: 'meter', push: false },
  auth: {
    username: { from: 'secret', ref: { namespace: 'default', secret: 'broker', key: 'user' } },
    password: { from: 'config', namespace: 'default', name: 'broker', key: 'password' },
    ca: { from: 'env', name: 'CA', container: 'side' },
    tls: { from: 'value', value: 'enable' },
  },
  origin: { file: 'app.yaml', doc: 0, path: [] },
}

const ALL: SettingsInput = {
  trigger: TRIGGER,
  environment: (container) =>
    new Map(container === undefined ? [['HOST', 'amqp://rabbit:5672']] : container === 'side' ? [['CA', 'pem']] : []),
  secret: ({ secret, key }) => (secret === 'broker' && key === 'user' ? 'shop' : undefined),
  config: ({ name, key }) => (name === 'broker' && key === 'password' ? 'hunter2' : undefined),
}

test('variables, secrets and config maps stand under plain names', () => {
  expect(resolveTriggerSettings(ALL)).toEqual({
    ok: true,
    settings: {
      queueName: 'jobs',
      pageSize: '100',
      host: 'amqp://rabbit:5672',
      username: 'shop',
      password: 'hunter2',
      ca: 'pem',
      tls: 'enable',
    },
  })
})

test('addresses are rewritten, wherever they came from', () => {
  const result = resolveTriggerSettings({ ...ALL, rewrite: (value, key) => (key === 'host' ? value.replace('rabbit', '10.0.0.7') : value) })
  expect(result.ok && result.settings['host']).toBe('amqp://10.0.0.7:5672')
})

test('what is missing is listed, all of it, without a value', () => {
  const nothing = { ...ALL, environment: () => undefined, secret: () => undefined, config: () => undefined }
  expect(resolveTriggerSettings(nothing)).toEqual({
    ok: false,
    missing: [
      '"host" comes from variable "HOST" of the application’s container, which does not exist',
      '"username" comes from key "user" of secret "broker" in namespace "default", which does not exist',
      '"password" comes from key "password" of config map "broker" in namespace "default", which does not exist',
      '"ca" comes from variable "CA" of container "side", which does not exist',
    ],
  })
})

test('the container that the scaler names is the one whose variables count', () => {
  const input = { ...ALL, trigger: { ...TRIGGER, envContainer: 'side', metadata: { hostFromEnv: 'CA' }, auth: {} } }
  expect(resolveTriggerSettings(input)).toEqual({ ok: true, settings: { host: 'pem' } })
})

test('an external scaler is handed its variables under the whole key, and only those that exist', () => {
  const metadata = { scalerAddress: 'scaler:9090', hostFromEnv: 'HOST', otherFromEnv: 'NONE' }
  expect(resolveTriggerSettings({ ...ALL, trigger: { ...TRIGGER, type: 'external', metadata, auth: {} } })).toEqual({
    ok: true,
    settings: { scalerAddress: 'scaler:9090', hostFromEnv: 'amqp://rabbit:5672' },
  })
})
