import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Heard {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

type Answer = readonly [status: number, body: string]

async function serve(answer: (heard: Heard) => Answer) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body }
      heard.push(one)
      const [status, text] = answer(one)
      response.writeHead(status).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Queues of SQS by their URLs, in its JSON protocol. */
export async function startSqs(queues: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  return await serve(({ headers, body }): Answer => {
    const error = (type: string, message: string): Answer => [400, JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message })]
    if (headers['x-amz-target'] !== 'AmazonSQS.GetQueueAttributes') return error('UnsupportedOperation', 'not here')
    if (!/^AWS4-HMAC-SHA256 Credential=KEY\//.test(headers.authorization ?? ''))
      return error('InvalidClientTokenId', 'The security token is not valid.')
    const { QueueUrl, AttributeNames } = JSON.parse(body) as { QueueUrl: string; AttributeNames: string[] }
    const queue = queues[QueueUrl]
    if (queue === undefined) return error('QueueDoesNotExist', 'The specified queue does not exist.')
    return [200, JSON.stringify({ Attributes: Object.fromEntries(AttributeNames.map((name) => [name, String(queue[name] ?? 0)])) })]
  })
}

/** The administration interface of a Service Bus namespace: queues, and subscriptions as `topic/subscription`, with their active messages. */
export async function startServiceBus(entities: Readonly<Record<string, number>>) {
  return await serve(({ url, headers }): Answer => {
    if (!/^SharedAccessSignature sr=.+&sig=.+&se=\d+&skn=Manager$/.test(headers.authorization ?? '')) {
      return [401, '<Error><Code>401</Code><Detail>claim is empty</Detail></Error>']
    }
    const { pathname, searchParams } = new URL(url, 'http://bus')
    const subscriptions = /^\/([^/]+)\/Subscriptions(?:\/([^/]+))?$/.exec(pathname)
    const topic = subscriptions?.[1]
    const name = subscriptions === null ? decodeURIComponent(pathname.slice(1)) : `${topic}/${subscriptions[2]}`
    if (entities[name] !== undefined) return [200, entry(name, entities[name])]
    const isList = pathname === '/$Resources/queues' || (subscriptions !== null && subscriptions[2] === undefined)
    const all = isList
      ? Object.entries(entities).filter(([key]) => (topic === undefined ? !key.includes('/') : key.startsWith(`${topic}/`)))
      : []
    const skip = Number(searchParams.get('$skip'))
    const page = all.slice(skip, skip + Number(searchParams.get('$top')))
    return [
      200,
      `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Publicly Listed Services</title>${page.map(([key, count]) => entry(key, count)).join('')}</feed>`,
    ]
  })
}

function entry(key: string, count: number): string {
  const [name, kind] = key.includes('/') ? [key.split('/')[1], 'SubscriptionDescription'] : [key, 'QueueDescription']
  return `<entry xmlns="http://www.w3.org/2005/Atom"><title type="text">${name}</title><content type="application/xml"><${kind} xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect"><LockDuration>PT1M</LockDuration><CountDetails xmlns:d2p1="http://schemas.microsoft.com/netservices/2011/06/servicebus"><d2p1:ActiveMessageCount>${count}</d2p1:ActiveMessageCount><d2p1:DeadLetterMessageCount>9</d2p1:DeadLetterMessageCount></CountDetails></${kind}></content></entry>`
}
