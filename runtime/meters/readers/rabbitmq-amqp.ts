import { connect } from 'amqplib'
import type { ReaderContext } from '../reader.ts'
import type { RabbitmqConnection, RabbitmqSettings } from './rabbitmq-connection.ts'

/** A passive declaration, which tells the messages that are ready: those that are not acknowledged are never among them. */
export async function connectAmqp(
  { host, queue, vhost, tls }: RabbitmqSettings,
  { limitMs, scaledObject }: ReaderContext,
): Promise<RabbitmqConnection> {
  const address = new URL(host)
  // Without a name it is the virtual host "/", also where the address ends with a slash.
  if (vhost !== undefined || address.pathname.length <= 1) address.pathname = `/${encodeURIComponent(vhost ?? '/')}`
  const name = `keda-${scaledObject.namespace}-${scaledObject.name}`
  const model = await connect(address.href, { ...tls, timeout: limitMs, noDelay: true, clientProperties: { connection_name: name } })
  // What is asked next fails too and says so.
  model.on('error', () => {})
  try {
    const channel = await model.createChannel()
    channel.on('error', () => {})
    return {
      async queues() {
        const { messageCount } = await channel.checkQueue(queue)
        return [{ messages: messageCount }]
      },
      close: () => void model.close().catch(() => {}),
    }
  } catch (error) {
    void model.close().catch(() => {})
    throw error
  }
}
