import { NoValue, WrongSetting } from '../failure.ts'
import { HttpClient } from '../http-client.ts'
import type { OpenReader, ReaderContext } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { authorization, type ServiceBusNamespace, serviceBusNamespace } from './azure-servicebus-access.ts'
import { type BusEntity, entitiesOf } from './azure-servicebus-feed.ts'

const VERSION = '2021-05'
/** Entities a page, the most there are. */
const PAGE = 100

interface Asked {
  /** Of one entity, or the list in which `name` is looked for. */
  readonly path: string
  readonly name: RegExp | undefined
}

/** The active messages, from the administration interface (kedacore/keda: pkg/scalers/azure_servicebus_scaler.go). */
export const openServiceBus: OpenReader = (settings, context) => {
  const namespace = serviceBusNamespace(settings)
  const asked = askedOf(settings)
  const operation = settings.choice('operation', ['sum', 'max', 'avg'], 'sum')
  const client = new HttpClient()
  const at = { client, namespace, context }
  return {
    async read(signal) {
      if (asked.name !== undefined) return { value: composed(await countsOf(at, { ...asked, name: asked.name }, signal), operation) }
      const [entity] = await feedOf(at, asked.path, signal)
      // A name that nothing has is answered with an empty list.
      if (entity === undefined)
        throw new NoValue(`the namespace has no ${asked.path.slice(1)}`, 'Create it, or correct queueName, topicName and subscriptionName.')
      return { value: entity.activeMessages }
    },
    close: () => client.close(),
  }
}

function askedOf(settings: Settings): Asked {
  const queue = settings.text('queueName')
  const topic = settings.text('topicName')
  const subscription = settings.text('subscriptionName')
  const useRegex = settings.flag('useRegex')
  const part = encodeURIComponent
  if (queue !== undefined) {
    if (topic !== undefined || subscription !== undefined) throw new WrongSetting('queueName excludes topicName and subscriptionName')
    return useRegex
      ? { path: '/$Resources/queues', name: whole('queueName', queue) }
      : { path: `/${part(queue).replaceAll('%2F', '/')}`, name: undefined }
  }
  if (topic === undefined || subscription === undefined)
    throw new WrongSetting('neither queueName nor topicName with subscriptionName are given')
  const list = `/${part(topic).replaceAll('%2F', '/')}/Subscriptions`
  return useRegex
    ? { path: list, name: whole('subscriptionName', subscription) }
    : { path: `${list}/${part(subscription)}`, name: undefined }
}

function whole(name: string, expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})$`)
  } catch {
    // Said in words that name the setting.
    throw new WrongSetting(`${name} is no regular expression`)
  }
}

/** The average is a whole number; of nothing it is 0. */
function composed(counts: readonly number[], operation: 'sum' | 'max' | 'avg'): number {
  if (operation === 'max') return Math.max(0, ...counts)
  const sum = counts.reduce((total, count) => total + count, 0)
  return operation === 'sum' || counts.length === 0 ? sum : Math.trunc(sum / counts.length)
}

interface At {
  readonly client: HttpClient
  readonly namespace: ServiceBusNamespace
  readonly context: ReaderContext
}

async function countsOf(at: At, { path, name }: Asked & { readonly name: RegExp }, signal: AbortSignal): Promise<readonly number[]> {
  const counts: number[] = []
  for (let skip = 0; ; skip += PAGE) {
    const page = await feedOf(at, `${path}?$skip=${skip}&$top=${PAGE}`, signal)
    counts.push(...page.filter((entity) => name.test(entity.name)).map(({ activeMessages }) => activeMessages))
    if (page.length < PAGE) return counts
  }
}

async function feedOf({ client, namespace, context }: At, path: string, signal: AbortSignal): Promise<readonly BusEntity[]> {
  const url = new URL(path, namespace.endpoint)
  url.searchParams.set('api-version', VERSION)
  const headers = { Authorization: authorization(namespace, context.clock.now()) }
  const { status, text } = await client.ask({ url, headers, signal })
  if (status === 404) return []
  if (status === 200) return entitiesOf(text)
  const detail = /<Detail>([^<]*)/.exec(text)?.[1] ?? ''
  throw new NoValue(
    `${url.host} answered ${status} ${detail}`.trim(),
    status === 401 || status === 403 ? 'Correct the key of "connection"; it needs the right Manage.' : undefined,
  )
}
