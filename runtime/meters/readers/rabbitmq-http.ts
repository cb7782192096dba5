import type { RabbitmqQueue } from '../../../src/scaling/readings/rabbitmq.ts'
import { NoValue } from '../failure.ts'
import { HttpClient } from '../http-client.ts'
import type { RabbitmqConnection, RabbitmqSettings } from './rabbitmq-connection.ts'

interface QueueList {
  readonly items?: readonly unknown[]
  readonly page_count?: number
}

/** The management interface. The last part of the path of `host` is the virtual host, what comes before it belongs to the address. */
export function askManagement({ host, queue, vhost, tls, useRegex, pageSize }: RabbitmqSettings): RabbitmqConnection {
  const client = new HttpClient(tls)
  const parts = host.pathname.split('/')
  const last = parts.pop() ?? ''
  const place = vhost === undefined ? (last === '' ? '%2F' : last) : encodeURIComponent(vhost)
  const base = `${parts.join('/')}/api/queues/${place}`
  const at = (path: string): URL => new URL(path, host)
  return {
    async queues(signal) {
      if (!useRegex) return [queueOf(JSON.parse(await client.text({ url: at(`${base}/${encodeURIComponent(queue)}`), signal })))]
      const query = new URLSearchParams({ page: '1', use_regex: 'true', pagination: 'false', name: queue, page_size: String(pageSize) })
      const list = JSON.parse(await client.text({ url: at(`${base}?${query}`), signal })) as QueueList
      if ((list.page_count ?? 1) > 1) {
        throw new NoValue(`more queues fit ${queue} than one page holds`, 'Raise pageSize (at most 500), or narrow the expression.')
      }
      return (list.items ?? []).map(queueOf)
    },
    close: () => client.close(),
  }
}

interface QueueReport {
  readonly messages?: number
  readonly messages_ready?: number
  readonly message_stats?: {
    readonly publish_details?: { readonly rate?: number }
    readonly deliver_get_details?: { readonly rate?: number }
  }
}

/** Figures that the server has none of yet are 0. */
function queueOf(report: unknown): RabbitmqQueue {
  const { messages = 0, messages_ready = 0, message_stats } = report as QueueReport
  const publishRate = message_stats?.publish_details?.rate ?? 0
  return { messages, messagesReady: messages_ready, publishRate, deliverGetRate: message_stats?.deliver_get_details?.rate ?? 0 }
}
