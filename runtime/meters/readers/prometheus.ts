import { formatInstant } from '../../../src/kernel/instant.ts'
import { type PrometheusAnswer, prometheusReading } from '../../../src/scaling/readings/prometheus.ts'
import { NoValue, valueFrom } from '../failure.ts'
import { httpAuthOf, urlOf } from '../http-auth.ts'
import { HttpClient } from '../http-client.ts'
import type { Reader, ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'

/** An instant query with exactly one element (kedacore/keda: pkg/scalers/prometheus_scaler.go). */
export function openPrometheus(settings: Settings, { clock }: ReaderContext): Reader {
  const server = urlOf(settings, 'serverAddress')
  const query = settings.demand('query')
  const ignoreNullValues = settings.flag('ignoreNullValues', true)
  const auth = httpAuthOf(settings)
  const headers = { ...Object.fromEntries(settings.pairs('customHeaders')), ...auth.headers }
  const namespace = settings.text('namespace')
  const more = settings.pairs('queryParameters')
  const client = new HttpClient(auth.tls)
  return {
    async read(signal) {
      const url = new URL(server)
      url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query`
      url.searchParams.append('query', query)
      url.searchParams.append('time', formatInstant(clock.now()))
      if (namespace !== undefined) url.searchParams.append('namespace', namespace)
      for (const [name, value] of Object.entries(auth.query)) url.searchParams.append(name, value)
      for (const [name, value] of more) url.searchParams.append(name, value)
      const answer = JSON.parse(await client.text({ url, headers, signal })) as PrometheusAnswer
      const reading = prometheusReading({ answer: withoutScalars(answer), query, ignoreNullValues })
      return { value: valueFrom(reading, 'Let the query return exactly one element, for example with sum().') }
    },
    close: () => client.close(),
  }
}

/** KEDA cannot read what is no list of elements. */
function withoutScalars(answer: PrometheusAnswer): PrometheusAnswer {
  const { resultType } = (answer.data ?? {}) as { readonly resultType?: string }
  if (resultType !== 'scalar' && resultType !== 'string') return answer
  throw new NoValue(`the query returns a ${resultType} instead of a vector`, 'Wrap the query in vector().')
}
