import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { ConfigObject, SecretObject } from '../../model/app-model.ts'
import { DEFAULT_NAMESPACE } from '../../model/names.ts'
import { rootOrigin, type SourceDoc } from '../source/source-doc.ts'
import { describeValue, isRecord } from '../source/wording.ts'
import { decodeBase64 } from './base64.ts'
import { checkEnvelope } from './envelope.ts'
import { METADATA, type MetadataText, type ObjectShape, type Shape } from './schema.ts'
import { notBase64, type SecretVault } from './secrets.ts'

/** A Service document before its selector is looked up. */
export interface WrittenService {
  readonly name: string
  readonly namespace: string
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly {
    readonly name: string
    readonly port: number
    readonly target: number | string
    readonly protocol: 'tcp' | 'udp'
  }[]
  readonly headless: boolean
  readonly origin: Origin
}

/** Objects that stand beside the applications. */
export interface Documents {
  readonly configs: readonly ConfigObject[]
  readonly secrets: readonly SecretObject[]
  readonly services: readonly WrittenService[]
  readonly diagnostics: readonly Diagnostic[]
}

const ANYTHING: Shape = { is: 'anything' }

function anyOf(...names: readonly string[]): Readonly<Record<string, Shape>> {
  return Object.fromEntries(names.map((name) => [name, ANYTHING]))
}

/** Source: Kubernetes, core/v1 ServiceSpec and ServicePort. */
function serviceSpec(): Shape {
  const port = anyOf('name', 'port', 'targetPort', 'protocol', 'nodePort', 'appProtocol')
  const addresses = anyOf(
    'clusterIP',
    'clusterIPs',
    'externalIPs',
    'externalName',
    'loadBalancerIP',
    'loadBalancerSourceRanges',
    'loadBalancerClass',
  )
  const traffic = anyOf('sessionAffinity', 'sessionAffinityConfig', 'externalTrafficPolicy', 'internalTrafficPolicy', 'trafficDistribution')
  const others = anyOf(
    'selector',
    'type',
    'ipFamilies',
    'ipFamilyPolicy',
    'healthCheckNodePort',
    'publishNotReadyAddresses',
    'allocateLoadBalancerNodePorts',
  )
  return {
    is: 'object',
    fields: { ...addresses, ...traffic, ...others, ports: { is: 'list', of: { is: 'object', fields: port, required: ['port'] } } },
    required: [],
  }
}

function shapeOf(fields: readonly string[], known: ObjectShape['fields'] = {}): ObjectShape {
  const own = Object.fromEntries(fields.map((field) => [field, { is: 'anything' } as const]))
  return {
    is: 'object',
    fields: { apiVersion: { is: 'text' }, kind: { is: 'text' }, metadata: METADATA, ...own, ...known },
    required: ['metadata'],
  }
}

const OBJECT: Readonly<Record<'ConfigMap' | 'Secret' | 'Service', ObjectShape>> = {
  ConfigMap: shapeOf(['data', 'binaryData', 'immutable']),
  Secret: shapeOf(['data', 'stringData', 'type', 'immutable']),
  Service: shapeOf(['spec', 'status'], { spec: serviceSpec() }),
}

/** Lowers ConfigMap, Secret and Service documents. Values of secrets go into the vault. */
export function lowerDocuments(docs: readonly SourceDoc[], vault: SecretVault): Documents {
  const configs: ConfigObject[] = []
  const secrets: SecretObject[] = []
  const services: WrittenService[] = []
  const diagnostics: Diagnostic[] = []
  for (const doc of docs) {
    const value = doc.value as Readonly<Record<string, unknown>>
    const kind = value['kind'] as keyof typeof OBJECT
    const origin = rootOrigin(doc)
    const check = checkEnvelope(OBJECT[kind], value, origin)
    diagnostics.push(...check.diagnostics)
    if (check.diagnostics.some(({ severity }) => severity === 'error')) continue
    const metadata = value['metadata'] as MetadataText
    const place: ObjectPlace = { name: metadata.name, namespace: metadata.namespace ?? DEFAULT_NAMESPACE, origin }
    if (kind === 'ConfigMap') configs.push({ ...place, data: textEntries(value['data'], within(origin, 'data'), diagnostics) })
    else if (kind === 'Secret') secrets.push(lowerSecret(value, place, vault, diagnostics))
    else services.push(...lowerService(value, place, diagnostics))
    if (value['binaryData'] !== undefined)
      diagnostics.push({
        code: 'MP1033',
        severity: 'note',
        message: 'binaryData has no effect here',
        origin: within(origin, 'binaryData'),
        mark: 'key',
      })
  }
  diagnostics.push(
    ...repeatedObjects('config map', configs),
    ...repeatedObjects('secret', secrets),
    ...repeatedObjects('service', services),
  )
  return { configs, secrets, services, diagnostics }
}

interface ObjectPlace {
  readonly name: string
  readonly namespace: string
  readonly origin: Origin
}

function lowerSecret(
  value: Readonly<Record<string, unknown>>,
  place: ObjectPlace,
  vault: SecretVault,
  diagnostics: Diagnostic[],
): SecretObject {
  const encoded = textEntries(value['data'], within(place.origin, 'data'), diagnostics)
  const plain = textEntries(value['stringData'], within(place.origin, 'stringData'), diagnostics)
  for (const [key, text] of Object.entries(encoded)) {
    const decoded = decodeBase64(text)
    if (decoded === undefined) diagnostics.push(notBase64(key, within(place.origin, 'data', key)))
    else vault.put({ namespace: place.namespace, secret: place.name, key }, decoded)
  }
  for (const [key, text] of Object.entries(plain)) vault.put({ namespace: place.namespace, secret: place.name, key }, text)
  return { ...place, keys: [...new Set([...Object.keys(encoded), ...Object.keys(plain)])].sort() }
}

function textEntries(value: unknown, origin: Origin, diagnostics: Diagnostic[]): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) {
    diagnostics.push({
      code: 'MP1030',
      severity: 'error',
      message: `${origin.path.at(-1)} must be a map of texts, found ${describeValue(value)}`,
      origin,
    })
    return {}
  }
  const entries: [string, string][] = []
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') entries.push([key, text])
    else {
      const message = `the value of "${key}" must be text, found ${describeValue(text)}`
      diagnostics.push({ code: 'MP1030', severity: 'error', message, origin: within(origin, key), hint: 'put the value in quotes' })
    }
  }
  return Object.fromEntries(entries)
}

function lowerService(value: Readonly<Record<string, unknown>>, place: ObjectPlace, diagnostics: Diagnostic[]): WrittenService[] {
  const { origin } = place
  const spec = value['spec']
  const wrong = (message: string, at: Origin): WrittenService[] => {
    diagnostics.push({ code: 'MP1030', severity: 'error', message, origin: at })
    return []
  }
  if (!isRecord(spec)) return wrong('"spec" of a Service must be a map', within(origin, 'spec'))
  const selector = spec['selector']
  if (!isRecord(selector) || Object.keys(selector).length === 0) {
    const message = `service "${place.name}" has no selector: only services that select a component are simulated`
    diagnostics.push({ code: 'MP3125', severity: 'warning', message, origin: within(origin, 'spec', 'selector') })
    return []
  }
  const labels = textEntries(selector, within(origin, 'spec', 'selector'), diagnostics)
  const written = spec['ports']
  if (!Array.isArray(written)) return wrong('"ports" of a Service must be a list', within(origin, 'spec', 'ports'))
  const ports = written.flatMap((port: unknown, index): WrittenService['ports'] => {
    const at = within(origin, 'spec', 'ports', index)
    const number = isRecord(port) ? port['port'] : undefined
    if (!isRecord(port) || !isPort(number)) {
      wrong('"port" must be a number from 1 to 65535', within(at, 'port'))
      return []
    }
    const target = port['targetPort'] ?? number
    if (!isPort(target) && typeof target !== 'string') {
      wrong('"targetPort" must be a number from 1 to 65535 or the name of a port', within(at, 'targetPort'))
      return []
    }
    const name = typeof port['name'] === 'string' ? port['name'] : `port-${number}`
    return [{ name, port: number, target, protocol: port['protocol'] === 'UDP' ? 'udp' : 'tcp' }]
  })
  return [{ ...place, selector: labels, ports, headless: spec['clusterIP'] === 'None' }]
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
}

function repeatedObjects(what: string, objects: readonly ObjectPlace[]): Diagnostic[] {
  const first = new Map<string, ObjectPlace>()
  return objects.flatMap((object): Diagnostic[] => {
    const key = `${object.namespace}/${object.name}`
    const earlier = first.get(key)
    first.set(key, earlier ?? object)
    if (earlier === undefined) return []
    const at = (origin: Origin): Origin => within(origin, 'metadata', 'name')
    const related = [{ message: 'first written', origin: at(earlier.origin) }]
    return [{ code: 'MP3126', severity: 'error', message: `${what} "${object.name}" is written twice`, origin: at(object.origin), related }]
  })
}
