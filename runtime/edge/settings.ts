import { parseArgs } from 'node:util'
import { parseRange } from '../../src/routing/addresses.ts'
import { DNS_PORT } from './dns/name-servers.ts'

export const USAGE = `usage: edge --directory <directory> --environment <name> [--control socket|stdio]
            [--service-range <cidr> [--dns-port <port>]]
       edge --dial <host> <port>
`

/** How the edge was started. */
export interface Settings {
  readonly directory: string
  readonly environment: string
  readonly control: 'socket' | 'stdio'
  /** Addresses of services, taken from the network of the container this runs in. */
  readonly serviceRange?: string
  readonly dnsPort: number
}

export interface DialSettings {
  readonly dial: { readonly host: string; readonly port: number }
}

/** Undefined for arguments that make no sense. */
export function readSettings(args: readonly string[]): Settings | DialSettings | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        directory: { type: 'string' },
        environment: { type: 'string' },
        control: { type: 'string', default: 'socket' },
        'service-range': { type: 'string' },
        'dns-port': { type: 'string', default: String(DNS_PORT) },
        dial: { type: 'string' },
      },
    })
    if (values.dial !== undefined) return readDial(values.dial, positionals)
    const { directory, environment, control, 'service-range': serviceRange } = values
    const dnsPort = portOf(values['dns-port'])
    if (directory === undefined || environment === undefined || dnsPort === undefined || positionals.length > 0) return undefined
    if (control !== 'socket' && control !== 'stdio') return undefined
    if (serviceRange !== undefined && parseRange(serviceRange) === undefined) return undefined
    return {
      directory,
      environment,
      control,
      dnsPort,
      ...(serviceRange === undefined ? {} : { serviceRange }),
    }
  } catch {
    // An option that there is not.
    return undefined
  }
}

function readDial(host: string, positionals: readonly string[]): DialSettings | undefined {
  const port = portOf(positionals[0] ?? '')
  return host === '' || port === undefined || port === 0 || positionals.length !== 1 ? undefined : { dial: { host, port } }
}

function portOf(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}
