import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Service } from '../model/component.ts'
import type { EdgeName } from '../model/edge.ts'
import { assignAddresses, parseAddress, parseRange } from './addresses.ts'
import { serviceDomain } from './names.ts'
import { serviceKey, type TableComponent, type TableInput } from './table-input.ts'

/** Where services are, and what they are called, in one table. */
export interface ServiceNames {
  /** By `serviceKey`; a headless service has none. */
  readonly addresses: Readonly<Record<string, string>>
  readonly names: readonly EdgeName[]
  readonly problems: readonly Diagnostic[]
}

/** Gives services their addresses and names where the engine's network has room for them; elsewhere what was remembered stays so. */
export function nameServices(input: Pick<TableInput, 'serviceRange' | 'addresses' | 'services' | 'components'>): ServiceNames {
  if (input.serviceRange === undefined) return { addresses: input.addresses, names: [], problems: [] }
  const services = new Map<string, Service>()
  for (const service of input.services) if (!services.has(serviceKey(service))) services.set(serviceKey(service), service)
  const withAddress = [...services].flatMap(([key, { headless }]) => (headless ? [] : [key]))
  const range = parseRange(input.serviceRange)
  const { addresses, without } =
    range === undefined ? { addresses: {}, without: withAddress } : assignAddresses(withAddress, range, input.addresses)
  const components = new Map(input.components.map((component) => [component.key, component]))
  const names = [...services].map(([key, service]): EdgeName => {
    const address = addresses[key]
    const own = address === undefined ? [] : [address]
    return {
      name: serviceDomain(service.name, service.namespace),
      addresses: service.headless ? replicaAddresses(components.get(service.component)) : own,
    }
  })
  return {
    addresses,
    names: names.sort((left, right) => (left.name < right.name ? -1 : 1)),
    problems: without.map((key) => noAddress(key, services.get(key), input.serviceRange ?? '')),
  }
}

/** One for each ready replica. A name for each of them, as a StatefulSet may have, needs a `serviceName`, which OAM's types do not render. */
function replicaAddresses(component: TableComponent | undefined): readonly string[] {
  const ready = (component?.replicas ?? []).filter((replica) => replica.state === 'ready')
  const hosts = ready.flatMap(({ endpoints }) => [...endpoints.values()].slice(0, 1).map(({ host }) => host))
  return [...new Set(hosts)].filter((host) => parseAddress(host) !== undefined).sort()
}

function noAddress(key: string, service: Service | undefined, range: string): Diagnostic {
  return {
    code: 'MP6007',
    severity: 'warning',
    message: `service ${key} has no address: none is left in ${range}`,
    ...(service === undefined ? {} : { origin: service.origin }),
    hint: 'take an application down, or put some into another environment',
  }
}
