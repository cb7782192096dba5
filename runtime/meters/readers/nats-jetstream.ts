import { jetstreamLag } from '../../../src/scaling/readings/jetstream.ts'
import { NoValue, valueFrom, WrongSetting } from '../failure.ts'
import { HttpClient } from '../http-client.ts'
import type { Reader } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { consumersOf, findConsumer, type JetstreamNames, type JetstreamReport } from './nats-jetstream-report.ts'

interface ServerReport {
  readonly server_name?: string
  readonly connect_urls?: readonly string[]
  readonly cluster?: { readonly urls?: readonly string[] }
}

/** The monitoring endpoint of the server (kedacore/keda: pkg/scalers/nats_jetstream_scaler.go). */
export function openJetstream(settings: Settings): Reader {
  const account = settings.text('account') ?? ''
  const names: JetstreamNames = {
    account,
    accountId: settings.text('accountID') ?? account,
    stream: settings.demand('stream'),
    consumer: settings.demand('consumer'),
  }
  if (names.accountId === '') throw new WrongSetting('account or accountID is missing')
  const endpoint = monitoringUrl(settings)
  const client = new HttpClient()
  return {
    async read(signal) {
      const consumers = consumersOf(await reportOf(client, { endpoint, names, signal }), names)
      const reading = jetstreamLag({ ...names, ...(consumers === undefined ? {} : { consumers }) })
      return { value: valueFrom(reading, 'Create it, or correct account, stream and consumer of the trigger.') }
    },
    close: () => client.close(),
  }
}

function monitoringUrl(settings: Settings): URL {
  const endpoint = settings.demand('natsServerMonitoringEndpoint')
  try {
    return new URL(`${settings.flag('useHttps') ? 'https' : 'http'}://${endpoint}/`)
  } catch {
    // Said in words that name the setting.
    throw new WrongSetting('natsServerMonitoringEndpoint is no host:port')
  }
}

interface Where {
  readonly endpoint: URL
  readonly names: JetstreamNames
  readonly signal: AbortSignal
}

/** In a cluster only the leader of the consumer counts right. */
async function reportOf(client: HttpClient, where: Where): Promise<JetstreamReport> {
  const report = await jsz(client, where.endpoint.host, where)
  const consumer = findConsumer(report, where.names)
  if ((report.meta_cluster?.cluster_size ?? 0) <= 1 || consumer === undefined) return report
  const server = await varz(client, where.endpoint.host, where)
  if (server.server_name === consumer.cluster?.leader) return report
  for (const { host, name } of await nodesOf(client, server, where)) {
    const other = await jsz(client, host, where)
    if (findConsumer(other, where.names)?.cluster?.leader === name) return other
  }
  throw new NoValue(`no node of the cluster is the leader of consumer ${where.names.consumer}`)
}

interface Node {
  /** With the port of the monitoring endpoint. */
  readonly host: string
  readonly name: string
}

/** By what the server advertises, else by the names of its routes, which are those of pods. */
async function nodesOf(client: HttpClient, server: ServerReport, where: Where): Promise<readonly Node[]> {
  const { host, port } = where.endpoint
  if ((server.connect_urls ?? []).length === 0) {
    return (server.cluster?.urls ?? []).map((url) => {
      const name = url.split('.')[0] ?? ''
      return { name, host: `${name}.${host}` }
    })
  }
  const nodes: Node[] = []
  for (const url of server.connect_urls ?? []) {
    const node = `${url.split(':')[0]}${port === '' ? '' : `:${port}`}`
    nodes.push({ host: node, name: (await varz(client, node, where)).server_name ?? '' })
  }
  return nodes
}

async function jsz(client: HttpClient, host: string, where: Where): Promise<JetstreamReport> {
  const query = new URLSearchParams({ acc: where.names.accountId, consumers: 'true', config: 'true' })
  return (await ask(client, `${where.endpoint.protocol}//${host}/jsz?${query}`, where)) as JetstreamReport
}

async function varz(client: HttpClient, host: string, where: Where): Promise<ServerReport> {
  return (await ask(client, `${where.endpoint.protocol}//${host}/varz`, where)) as ServerReport
}

async function ask(client: HttpClient, url: string, { signal }: Where): Promise<unknown> {
  return JSON.parse(await client.text({ url: new URL(url), signal }))
}
