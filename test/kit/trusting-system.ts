import type { AuthorityFile, TrustTools } from '../../src/cli/trust/trust-tools.ts'

export const AUTHORITY: AuthorityFile = {
  name: 'minipaas local authority 1a2b',
  path: '/home/ann/state/authority/minipaas-authority.pem',
  text: '-----BEGIN CERTIFICATE-----\nabc\ndef\n-----END CERTIFICATE-----\n',
  notAfter: 2_000_000_000_000,
  permitted: ['localhost', 'example.com'],
}

/** A system of a test: files by path, programs that only write down that they ran. */
export interface TrustingSystem {
  readonly files: Map<string, string>
  readonly ran: string[]
  readonly asked: string[]
  made: boolean
  readonly tools: TrustTools
}

export function aSystem(
  changes: Partial<TrustTools> & { readonly answer?: 'yes' | 'no'; readonly exit?: (line: string) => number | undefined } = {},
): TrustingSystem {
  const { answer = 'no', exit = () => 0, ...own } = changes
  const system: TrustingSystem = {
    files: new Map([['/usr/local/share/ca-certificates', '']]),
    ran: [],
    asked: [],
    made: false,
    tools: {
      platform: 'linux',
      userHome: '/home/ann',
      isRoot: false,
      find: () => (system.made ? AUTHORITY : undefined),
      ensure: () => {
        system.made = true
        return AUTHORITY
      },
      exists: (path) => system.files.has(path),
      read: (path) => system.files.get(path),
      run: async (command, output) => {
        const line = command.join(' ')
        if (output === 'show') system.ran.push(line)
        return exit(line)
      },
      confirm: async (question) => {
        system.asked.push(question)
        return answer === 'yes'
      },
      ...own,
    },
  }
  return system
}
