import { type CallOptions, type ChannelCredentials, Client, credentials } from '@grpc/grpc-js'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import type { OpenReader, ReaderContext, WatchScaler } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { tlsOf } from '../tls.ts'
import {
  decodeActive,
  decodeNumbers,
  encodeMetricsRequest,
  encodeRef,
  type NamedNumber,
  type ScaledObjectRef,
} from './external-messages.ts'

const SERVICE = '/externalscaler.ExternalScaler/'
/** Of the connection, not for the scaler. */
const OWN = ['caCert', 'tlsClientCert', 'tlsClientKey']
const FIRST_PAUSE: Millis = 2000
const LONGEST_PAUSE: Millis = 60_000

/** All metrics that the scaler names, with their targets, and whether it is active (kedacore/keda: pkg/scalers/external_scaler.go). */
export const openExternal: OpenReader = (settings, context) => {
  const client = connect(settings)
  const ref = refOf(settings, context)
  const ask = <T>(method: string, request: Buffer, decode: (bytes: Buffer) => T, signal: AbortSignal): Promise<T> =>
    unary(client, { method, request, decode, signal, options: { deadline: after(context.clock.now(), context.limitMs) } })
  return {
    async read(signal) {
      const specs = await ask('GetMetricSpec', encodeRef(ref), decodeNumbers, signal)
      const metrics = await Promise.all(
        specs.map(async ({ name, value: target }) => {
          const values = await ask('GetMetrics', encodeMetricsRequest(ref, name), decodeNumbers, signal)
          return { name, target, value: sumOf(values) }
        }),
      )
      const active = await ask('IsActive', encodeRef(ref), decodeActive, signal)
      const [only, ...more] = metrics
      return { metrics, active, ...(only === undefined || more.length > 0 ? {} : { value: only.value }) }
    },
    close: () => client.close(),
  }
}

/** A scaler's values of one metric are the series of an external metric, which the HPA adds up. */
function sumOf(values: readonly NamedNumber[]): number {
  return values.reduce((sum, { value }) => sum + value, 0)
}

/** StreamIsActive, opened again after 2 s that grow to 60 s; a stream that ended in order begins with 2 s again. Only "active" is passed on. */
export const watchExternal: WatchScaler = (settings, { onActive, onError, ...context }) => {
  const client = connect(settings)
  const request = encodeRef(refOf(settings, context))
  const end = new AbortController()
  const follow = async (): Promise<void> => {
    let pause = FIRST_PAUSE
    while (!end.signal.aborted) {
      try {
        await stream(client, request, (active) => active && onActive(), end.signal)
        pause = FIRST_PAUSE
      } catch (error) {
        if (end.signal.aborted) return
        onError(error)
      }
      await context.clock.sleep(pause, end.signal).catch(() => {})
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    }
  }
  void follow()
  return {
    [Symbol.dispose]: () => {
      end.abort()
      client.close()
    },
  }
}

function refOf(settings: Settings, { scaledObject }: Pick<ReaderContext, 'scaledObject'>): ScaledObjectRef {
  return { scaledObject, metadata: Object.fromEntries(Object.entries(settings.values).filter(([name]) => !OWN.includes(name))) }
}

function connect(settings: Settings): Client {
  return new Client(settings.demand('scalerAddress'), credentialsOf(settings), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // A connection that is made anew shares nothing with the one that failed.
    'grpc.use_local_subchannel_pool': 1,
    // Addresses are those inside the environment, which no proxy knows.
    'grpc.enable_http_proxy': 0,
  })
}

function credentialsOf(settings: Settings): ChannelCredentials {
  const { ca, cert, key, rejectUnauthorized } = tlsOf(settings, { ca: 'caCert', cert: 'tlsClientCert', key: 'tlsClientKey' })
  if (!settings.flag('enableTLS') && ca === undefined && cert === undefined) return credentials.createInsecure()
  const bytes = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text))
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert), rejectUnauthorized === false ? { rejectUnauthorized } : {})
}

const raw = (bytes: Buffer): Buffer => bytes

interface UnaryCall<T> {
  readonly method: string
  readonly request: Buffer
  readonly decode: (bytes: Buffer) => T
  readonly signal: AbortSignal
  readonly options: CallOptions
}

function unary<T>(client: Client, { method, request, decode, signal, options }: UnaryCall<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(SERVICE + method, raw, decode, request, options, (error, answer) => {
      signal.removeEventListener('abort', cancel)
      if (error !== null) reject(new Error(`${method}: ${error.details || error.message}`, { cause: error }))
      else if (answer === undefined) reject(new Error(`${method}: no answer`))
      else resolve(answer)
    })
    const cancel = (): void => call.cancel()
    signal.addEventListener('abort', cancel, { once: true })
  })
}

function stream(client: Client, request: Buffer, take: (active: boolean) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = client.makeServerStreamRequest(`${SERVICE}StreamIsActive`, raw, decodeActive, request)
    const cancel = (): void => call.cancel()
    const done = (settle: () => void): void => {
      signal.removeEventListener('abort', cancel)
      settle()
    }
    signal.addEventListener('abort', cancel, { once: true })
    call.on('data', take)
    call.once('end', () => done(resolve))
    call.once('error', (error: Error) => done(() => reject(error)))
  })
}
