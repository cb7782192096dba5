import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { applicationText, nodeComponent } from '../docker/application-text.ts'

/** The program of all components. */
export const PROTOCOL_APP = fileURLToPath(new URL('./app.cjs', import.meta.url))

export const PROTOCOL_PORTS = { web: 8000, calls: 9000, raw: 7000, caller: 8080 } as const
export type ProtocolRole = keyof typeof PROTOCOL_PORTS

/** A host that is served over TLS, and that plain HTTP leads to. */
export const SECURE_HOST = 'secure.protocols.test'
const SECURE = { type: 'gateway', properties: { domain: SECURE_HOST, secretName: 'made-elsewhere', http: { '/': PROTOCOL_PORTS.web } } }

const NAMES = ['', '.default', '.default.svc', '.default.svc.cluster.local']
const REACHED = { http: 'web', grpc: 'calls', tcp: 'raw' } as const

/** What the component `caller` finds when all is well, by the variable that holds the address. */
export function everythingReached(): Readonly<Record<string, string>> {
  const answers = { http: 'web', grpc: 'hello 0', tcp: 'hello' }
  return Object.fromEntries(Object.keys(addresses()).map((name) => [name, answers[kindOf(name)]]))
}

/** The application of protocols: two replicas of the servers, one of the caller. */
export function protocolApplication(name: string): string {
  const program = readFileSync(PROTOCOL_APP, 'utf8')
  const component = (role: ProtocolRole, replicas: number): unknown => {
    const env = { ROLE: role, PORT: String(PROTOCOL_PORTS[role]), ...(role === 'caller' ? addresses() : {}) }
    const traits = role === 'web' ? [SECURE] : []
    return nodeComponent({ name: role, program, ports: [PROTOCOL_PORTS[role]], replicas, env, traits })
  }
  return applicationText(name, [component('web', 2), component('calls', 2), component('raw', 2), component('caller', 1)])
}

/** The overlay: published ports, and how the components run as processes. */
export function protocolOverlay(published: Readonly<Partial<Record<ProtocolRole, number>>>): string {
  const component = (role: ProtocolRole): unknown => ({
    run: { directory: dirname(PROTOCOL_APP), command: ['node', join('.', 'app.cjs')] },
    ...(published[role] === undefined ? {} : { ports: [`${published[role]}:${PROTOCOL_PORTS[role]}`] }),
  })
  const roles = Object.keys(PROTOCOL_PORTS) as ProtocolRole[]
  return JSON.stringify({ models: ['app.yaml'], components: Object.fromEntries(roles.map((role) => [role, component(role)])) })
}

/** Every form of a name inside of the cluster, for each protocol. */
function addresses(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(REACHED).flatMap(([kind, role]) =>
      NAMES.map((suffix, index) => [`REACH_${kind.toUpperCase()}_${index}`, `http://${role}${suffix}:${PROTOCOL_PORTS[role]}`]),
    ),
  )
}

function kindOf(name: string): keyof typeof REACHED {
  const [, kind = ''] = /^REACH_([A-Z]+)_/.exec(name) ?? []
  return kind.toLowerCase() as keyof typeof REACHED
}
