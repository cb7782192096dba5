import { lookup } from 'node:dns/promises'
import { aggregateMetricsApi, type MetricsApiValueResult, metricsApiValue } from '../../../src/scaling/readings/metrics-api.ts'
import { valueFrom } from '../failure.ts'
import { httpAuthOf, urlOf } from '../http-auth.ts'
import { HttpClient } from '../http-client.ts'
import type { Reader } from '../reader.ts'
import type { Settings } from '../settings.ts'

const FORMATS = ['json', 'prometheus', 'xml', 'yaml'] as const
const AGGREGATIONS = ['average', 'sum', 'max', 'min'] as const
const HINT = 'Let valueLocation point to a number, or to a text such as 500m.'
const AT_ONCE = 5

/** The number at a place of an HTTP answer (kedacore/keda: pkg/scalers/metrics_api_scaler.go). */
export function openMetricsApi(settings: Settings): Reader {
  const url = urlOf(settings, 'url')
  const auth = httpAuthOf(settings)
  const format = settings.choice('format', FORMATS, 'json')
  const valueLocation = settings.demand('valueLocation')
  const everywhere = settings.flag('aggregateFromKubeServiceEndpoints')
  const aggregationType = settings.choice('aggregationType', AGGREGATIONS, 'average')
  for (const [name, value] of Object.entries(auth.query)) url.searchParams.set(name, value)
  const client = new HttpClient(auth.tls)
  const readFrom = async (from: URL, signal: AbortSignal): Promise<MetricsApiValueResult> =>
    metricsApiValue({ body: await client.text({ url: from, headers: auth.headers, signal }), format, valueLocation })
  return {
    async read(signal) {
      if (!everywhere) return { value: valueFrom(await readFrom(url, signal), HINT) }
      const addresses = (await lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true })).map(({ address }) => address)
      const answers = await mapSome([...new Set(addresses)], (address) => readFrom(at(url, address), signal))
      return { value: valueFrom(aggregateMetricsApi({ answers, aggregationType }), HINT) }
    },
    close: () => client.close(),
  }
}

function at(url: URL, address: string): URL {
  const other = new URL(url)
  other.hostname = address.includes(':') ? `[${address}]` : address
  return other
}

/** What fails is an answer with an error. */
async function mapSome(
  items: readonly string[],
  work: (item: string) => Promise<MetricsApiValueResult>,
): Promise<readonly MetricsApiValueResult[]> {
  const answers: MetricsApiValueResult[] = []
  const failed = (error: unknown): MetricsApiValueResult => ({ error: error instanceof Error ? error.message : String(error) })
  for (let first = 0; first < items.length; first += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map((item) => work(item).catch(failed)))))
  }
  return answers
}
