import { type SecretValues, secretKey, secretMark } from '../model/app-model.ts'
import type { Component, Service } from '../model/component.ts'
import type { Container, EnvVar } from '../model/pod.ts'
import { hostForms, rewriteHosts, type ServiceAddress } from './rewrite-hosts.ts'

export interface EnvironmentInput {
  readonly component: Component
  readonly container: Container
  readonly replica: { readonly id: string; readonly hostname: string }
  /** Config map data by `namespace/name`. */
  readonly configs: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly secrets: SecretValues
  /** Empty where service names resolve by themselves. */
  readonly addresses: readonly ServiceAddress[]
}

export interface ResolvedEnvironment {
  readonly values: ReadonlyMap<string, string>
  readonly rewrites: readonly { readonly container: string; readonly name: string; readonly from: string; readonly to: string }[]
  /** References without a value: keys of `SecretValues`, or `config namespace/name/key`. */
  readonly missing: readonly string[]
}

/**
 * The final environment of a container: references resolved, `$(NAME)` expanded as Kubernetes does, and, where service
 * names do not resolve, addresses of services replaced by local ones. Each replacement is listed, never hidden.
 */
export function resolveEnvironment(input: EnvironmentInput): ResolvedEnvironment {
  const values = new Map<string, string>()
  const missing: string[] = []
  const rewrites: { container: string; name: string; from: string; to: string }[] = []
  for (const address of input.addresses) for (const [name, value] of serviceVariables(address)) values.set(name, value)
  const declared = [...input.container.env, ...(input.container.process?.env ?? [])]
  for (const variable of declared) {
    const value = readValue(variable, input, missing)
    if (value !== undefined) values.set(variable.name, expand(value, values))
  }
  for (const [name, variable] of new Map(declared.map((item) => [item.name, item]))) {
    const value = values.get(name)
    if (value === undefined) continue
    const rewritten = rewriteValue(name, value, values, input)
    if (rewritten === value) continue
    values.set(name, rewritten)
    // What is shown is rewritten from the text as written: expanding it could bring a secret in.
    const from = shownValue(variable)
    const to = typeof variable.value === 'string' ? rewriteValue(name, from, values, input) : from
    rewrites.push({ container: input.container.name, name, from, to })
  }
  return { values, rewrites, missing }
}

function readValue(variable: EnvVar, input: EnvironmentInput, missing: string[]): string | undefined {
  const { value } = variable
  if (typeof value === 'string') return value
  const { namespace } = input.component
  if ('secret' in value) {
    const key = secretKey({ namespace, secret: value.secret, key: value.key })
    const found = input.secrets.get(key)
    if (found === undefined && value.optional !== true) missing.push(key)
    return found
  }
  if ('config' in value) {
    const found = input.configs.get(`${namespace}/${value.config}`)?.[value.key]
    if (found === undefined && value.optional !== true) missing.push(`config ${namespace}/${value.config}/${value.key}`)
    return found
  }
  return fieldOf(value.field, input)
}

/** Source: Kubernetes, downward API fields of a pod. */
function fieldOf(field: string, input: EnvironmentInput): string | undefined {
  const { component, replica } = input
  const map = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(field)
  if (map !== null) return (map[1] === 'labels' ? component.labels : component.annotations)[map[2] ?? '']
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': replica.hostname,
    'metadata.namespace': component.namespace,
    'metadata.uid': replica.id,
    'spec.nodeName': 'local',
    'spec.serviceAccountName': 'default',
    'status.hostIP': '127.0.0.1',
    'status.podIP': '127.0.0.1',
  }
  return fields[field]
}

/** `$(NAME)` of what is defined before; an unknown name stays as written and `$$` is a dollar. Source: Kubernetes, dependent environment variables. */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  )
}

/** Kubernetes-style variables of a service: `CATALOG_SERVICE_HOST`, `CATALOG_SERVICE_PORT`. */
function serviceVariables(address: ServiceAddress): readonly (readonly [string, string])[] {
  const name = address.service.name.toUpperCase().replaceAll('-', '_')
  const first = address.service.ports[0]?.port === address.port
  const named: [string, string][] = first
    ? [
        [`${name}_SERVICE_HOST`, address.host],
        [`${name}_SERVICE_PORT`, String(address.localPort)],
      ]
    : []
  const portName = address.service.ports.find((port) => port.port === address.port)?.name
  if (portName !== undefined && portName !== '')
    named.push([`${name}_SERVICE_PORT_${portName.toUpperCase().replaceAll('-', '_')}`, String(address.localPort)])
  return named
}

function rewriteValue(name: string, value: string, values: ReadonlyMap<string, string>, input: EnvironmentInput): string {
  const { addresses, component } = input
  let result = rewriteHosts(name, value, { addresses, namespace: component.namespace })
  for (const service of new Set(addresses.map((address) => address.service))) {
    const own = addresses.filter((address) => address.service === service)
    result = rewritePortVariable(name, result, service, { values, input, addresses: own })
  }
  return result
}

interface PortVariable {
  readonly values: ReadonlyMap<string, string>
  readonly input: EnvironmentInput
  readonly addresses: readonly ServiceAddress[]
}

/** `X_HOST=db` with `X_PORT=5432`: both become local, because a client puts them together again. */
function rewritePortVariable(name: string, value: string, service: Service, context: PortVariable): string {
  const { values, input, addresses } = context
  const forms = hostForms(service, input.component.namespace)
  const pair = /^(.*?)(HOST|HOSTNAME|PORT)$/i.exec(name)
  if (pair === null) return value
  const declared = new Map(
    [...input.container.env, ...(input.container.process?.env ?? [])].map((variable) => [variable.name, variable.value]),
  )
  const prefix = pair[1] ?? ''
  const hostValue = [`${prefix}HOST`, `${prefix}HOSTNAME`].map((key) => declared.get(key)).find((item) => typeof item === 'string')
  const portValue = declared.get(`${prefix}PORT`)
  if (typeof hostValue !== 'string' || !forms.includes(hostValue) || typeof portValue !== 'string') return value
  const address = addresses.find((candidate) => String(candidate.port) === expand(portValue, values))
  if (address === undefined) return value
  return pair[2]?.toUpperCase() === 'PORT' ? String(address.localPort) : address.host
}

/** A component's environment as people may see it. */
export function shownValue(variable: EnvVar): string {
  const { value } = variable
  if (typeof value === 'string') return value
  if ('secret' in value) return secretMark(value)
  if ('config' in value) return `config ${value.config}/${value.key}`
  return `field ${value.field}`
}
