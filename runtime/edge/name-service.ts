import type { Logger } from '../../src/kernel/logger.ts'
import { edgeAddress, parseRange } from '../../src/routing/addresses.ts'
import type { EdgeContext, NameService } from './context.ts'
import { Forwarder } from './dns/forwarder.ts'
import { systemUpstreams } from './dns/name-servers.ts'
import { Resolver } from './dns/resolver.ts'
import { listenForQuestions } from './dns/server.ts'

const ANY_ADDRESS = '0.0.0.0'

/**
 * The resolver of an environment at the edge's own address of the service range: not at all addresses, because a service may have a
 * port 53 as well. It begins to listen at once; a failure is logged with what it means.
 */
export function startNameService(
  { serviceRange, dnsPort }: { readonly serviceRange: string; readonly dnsPort: number },
  context: EdgeContext,
): NameService {
  const range = parseRange(serviceRange)
  const own = range === undefined ? ANY_ADDRESS : edgeAddress(range)
  const { clock, log } = context
  const resolver = new Resolver(context, new Forwarder(clock, systemUpstreams(clock, own)))
  const listen = async (host: string): Promise<void> => {
    await listenForQuestions({ clock, log, host, port: dnsPort, answer: (message, asker) => resolver.answer(message, asker) })
  }
  listen(own).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EADDRNOTAVAIL') return logFailure(log, own, error)
    log.log('warn', `${own} is no address of the edge; the resolver listens at all that it has`)
    await listen(ANY_ADDRESS).catch((second: unknown) => logFailure(log, ANY_ADDRESS, second))
  })
  return resolver
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}

function logFailure(log: Logger, host: string, error: unknown): void {
  log.log('error', 'the resolver cannot listen: no name resolves inside the environment', { host, reason: String(error) })
}
