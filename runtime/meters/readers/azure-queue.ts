import { azureQueueLength } from '../../../src/scaling/readings/azure-queue.ts'
import { NoValue, valueFrom } from '../failure.ts'
import { HttpClient } from '../http-client.ts'
import type { OpenReader } from '../reader.ts'
import { signedHeaders, storageAccount } from './azure-storage.ts'

/** As many as one peek shows. */
const MOST_PEEKED = '32'

/** The approximate count of messages (kedacore/keda: pkg/scalers/azure_queue_scaler.go). */
export const openAzureQueue: OpenReader = (settings, { clock }) => {
  const queue = settings.demand('queueName')
  const account = storageAccount(settings)
  const queueLengthStrategy = settings.text('queueLengthStrategy') ?? 'all'
  const client = new HttpClient()
  const ask = async (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const url = new URL(`${account.endpoint.pathname.replace(/\/$/, '')}/${encodeURIComponent(queue)}${path}`, account.endpoint)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    for (const [name, value] of new URLSearchParams(account.signature)) url.searchParams.set(name, value)
    const answer = await client.ask({ url, headers: signedHeaders(account, url, clock.now()), signal })
    if (answer.status === 200) return answer
    const code = /<Code>([^<]+)/.exec(answer.text)?.[1] ?? answer.headers['x-ms-error-code'] ?? ''
    throw new NoValue(`${url.host} answered ${answer.status} ${String(code)} for queue ${queue}`, nextFor(answer.status))
  }
  return {
    async read(signal) {
      const visible = queueLengthStrategy.toLowerCase() === 'visibleonly'
      const peek = visible ? await ask('/messages', { peekonly: 'true', numofmessages: MOST_PEEKED }, signal) : undefined
      const { headers } = await ask('', { comp: 'metadata' }, signal)
      return {
        value: valueFrom(
          azureQueueLength({
            approximateMessagesCount: Number(headers['x-ms-approximate-messages-count']),
            queueLengthStrategy,
            ...(peek === undefined ? {} : { peekedMessages: peek.text.match(/<QueueMessage>/g)?.length ?? 0 }),
          }),
        ),
      }
    },
    close: () => client.close(),
  }
}

function nextFor(status: number): string | undefined {
  if (status === 404) return 'Create the queue, or correct queueName.'
  return status === 403 || status === 401 ? 'Correct the account key or the shared access signature of "connection".' : undefined
}
