import type { AuthorityFile, TrustTools } from './trust-tools.ts'

/** The place where a system keeps the authorities that its programs trust, and the documented way to change it. */
export interface SystemStore {
  readonly name: string
  readonly install: readonly (readonly string[])[]
  readonly remove: readonly (readonly string[])[]
  readonly trusts: () => Promise<boolean>
}

/** Distributions of Linux by what they have: where anchors are put, what reads them, and what else it needs to forget one. */
const LINUX = [
  {
    has: '/etc/pki/ca-trust/source/anchors',
    name: 'the system store (update-ca-trust)',
    update: ['update-ca-trust', 'extract'],
    forget: [],
  },
  {
    has: '/usr/share/pki/trust/anchors',
    name: 'the system store (update-ca-certificates)',
    update: ['update-ca-certificates'],
    forget: ['--fresh'],
  },
  { has: '/etc/ca-certificates/trust-source/anchors', name: 'the system store (trust)', update: ['trust', 'extract-compat'], forget: [] },
  {
    has: '/usr/local/share/ca-certificates',
    name: 'the system store (update-ca-certificates)',
    update: ['update-ca-certificates'],
    forget: ['--fresh'],
  },
] as const

/** What those programs make of it. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
const ANCHOR = 'minipaas-local-authority.crt'

/** The store of this system, or undefined where no documented way is known. */
export function systemStore(authority: AuthorityFile, tools: TrustTools): SystemStore | undefined {
  switch (tools.platform) {
    case 'linux':
      return linuxStore(authority, tools)
    case 'darwin':
      return macStore(authority, tools)
    case 'win32':
      return windowsStore(authority, tools)
    default:
      return undefined
  }
}

/** Source: the manual pages update-ca-certificates(8), update-ca-trust(8) and trust(1). */
function linuxStore(authority: AuthorityFile, tools: TrustTools): SystemStore | undefined {
  const found = LINUX.find(({ has }) => tools.exists(has))
  if (found === undefined) return undefined
  const asRoot = (...command: readonly string[]): readonly string[] => (tools.isRoot ? command : ['sudo', ...command])
  const anchor = `${found.has}/${ANCHOR}`
  return {
    name: found.name,
    install: [asRoot('install', '-m', '0644', authority.path, anchor), asRoot(...found.update)],
    remove: [asRoot('rm', '-f', anchor), asRoot(...found.update, ...found.forget)],
    trusts: async () => BUNDLES.some((bundle) => contains(tools.read(bundle), authority.text)),
  }
}

/** For this user only, with no more rights than that. Source: security(1). */
function macStore(authority: AuthorityFile, tools: TrustTools): SystemStore {
  const keychain = `${tools.userHome}/Library/Keychains/login.keychain-db`
  return {
    name: 'the login keychain',
    install: [['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', keychain, authority.path]],
    remove: [
      ['security', 'remove-trusted-cert', authority.path],
      ['security', 'delete-certificate', '-c', authority.name, keychain],
    ],
    trusts: async () => (await tools.run(['security', 'verify-cert', '-q', '-L', '-c', authority.path], 'hide')) === 0,
  }
}

/** For this user only. Source: certutil, verbs -addstore and -delstore. */
function windowsStore(authority: AuthorityFile, tools: TrustTools): SystemStore {
  return {
    name: "this user's store of trusted root authorities",
    install: [['certutil', '-user', '-addstore', 'Root', authority.path]],
    remove: [['certutil', '-user', '-delstore', 'Root', authority.name]],
    trusts: async () => (await tools.run(['certutil', '-user', '-verifystore', 'Root', authority.name], 'hide')) === 0,
  }
}

/** A bundle has the same lines, perhaps broken elsewhere. */
function contains(bundle: string | undefined, certificate: string): boolean {
  if (bundle === undefined) return false
  const plain = (text: string): string => text.replace(/\s+/g, '')
  return plain(bundle).includes(plain(certificate))
}
