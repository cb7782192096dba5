import { type Fault, FaultError } from '../../../../src/kernel/fault.ts'
import { parseImageName } from '../../../../src/model/image-name.ts'

export interface RegistryRefusal {
  readonly ref: string
  /** What the engine said. */
  readonly said: string
  /** The registry was asked with credentials of the user. */
  readonly withCredentials: boolean
  /** Why credentials could not be had. */
  readonly problem?: string
}

/** What a kind of refusal is in our words; the first whose text matches counts, so that the special ones come first. */
interface Kind {
  readonly says: RegExp
  readonly code: Fault['code']
  readonly kind: Fault['kind']
  readonly retry: Fault['retry']
  readonly what: (place: { readonly ref: string; readonly registry: string }) => string
  readonly next: (refusal: RegistryRefusal, registry: string) => string
}

const WITHOUT_REGISTRY =
  'load the image from an archive with `docker load -i`, or give the component an `image` or a `build` in minipaas.yaml'

const KINDS: readonly Kind[] = [
  {
    says: /no matching manifest for|does not match the specified platform/i,
    code: 'MP4307',
    kind: 'invalid',
    retry: 'never',
    what: ({ ref }) => `image ${ref} has no variant for the platform of this engine`,
    next: () => 'use an image for this platform: name another one, or a `build`, in minipaas.yaml',
  },
  {
    says: /toomanyrequests|too many requests|rate limit/i,
    code: 'MP4306',
    kind: 'unavailable',
    retry: 'backoff',
    what: ({ ref, registry }) => `${registry} allows no more pulls for now, so that image ${ref} is not here`,
    next: () => 'wait, or log in with `docker login`: users with an account may pull more',
  },
  {
    says: /no space left on device|disk quota exceeded/i,
    code: 'MP4308',
    kind: 'unavailable',
    retry: 'never',
    what: ({ ref }) => `the engine has no room left for image ${ref}`,
    next: () => 'free some (`docker system df` shows what takes it) and run `minipaas up` again',
  },
  {
    says: /no such host|connection refused|i\/o timeout|network is unreachable|no route to host|connection reset|TLS handshake timeout|context deadline exceeded|Client\.Timeout|name resolution|proxyconnect|server misbehaving|\bEOF\b/i,
    code: 'MP4305',
    kind: 'unavailable',
    retry: 'never',
    what: ({ ref, registry }) => `image ${ref} is not here and its registry ${registry} cannot be reached`,
    next: () => `connect and run \`minipaas up\` again; or ${WITHOUT_REGISTRY}`,
  },
  {
    says: /x509:|certificate|tls: |server gave HTTP response to HTTPS client/i,
    code: 'MP4304',
    kind: 'denied',
    retry: 'never',
    what: ({ ref, registry }) => `image ${ref} cannot be pulled, because the engine does not trust the connection to ${registry}`,
    next: (_refusal, registry) =>
      `give the engine the registry's certificate authority (/etc/docker/certs.d/${registry}/ca.crt), or allow it as an insecure registry in the engine's settings`,
  },
  {
    says: /unauthorized|authentication required|no basic auth credentials|incorrect username or password|\b401\b/i,
    code: 'MP4303',
    kind: 'denied',
    retry: 'never',
    what: ({ ref, registry }) => `${registry} does not let you pull image ${ref}`,
    next: logIn,
  },
  {
    says: /denied|forbidden|insufficient_scope|\b403\b/i,
    code: 'MP4302',
    kind: 'denied',
    retry: 'never',
    what: ({ ref, registry }) => `${registry} has no image ${ref}, or does not let you pull it`,
    next: (refusal, registry) => `check the name; if the image exists: ${logIn(refusal, registry)}`,
  },
  {
    says: /not found|manifest unknown|name unknown|does not exist|no such image|\b404\b/i,
    code: 'MP4301',
    kind: 'not-found',
    retry: 'never',
    what: ({ ref, registry }) => `${registry} has no image ${ref}`,
    next: () => `check the name and the tag; or ${WITHOUT_REGISTRY}`,
  },
  {
    says: /invalid reference format|invalid repository name|invalid tag/i,
    code: 'MP4309',
    kind: 'invalid',
    retry: 'never',
    what: ({ ref }) => `"${ref}" is not the name of an image`,
    next: () => 'names are lower-case: `[registry/]name[:tag][@digest]`',
  },
]

/** A pull that the engine or the registry refused, as a fault; undefined when the words are none of those that registries use. */
export function registryFault(refusal: RegistryRefusal): FaultError | undefined {
  const kind = KINDS.find(({ says }) => says.test(refusal.said))
  if (kind === undefined) return undefined
  const registry = parseImageName(refusal.ref)?.registry ?? 'the registry'
  const because = refusal.problem === undefined ? '' : `; credentials could not be had: ${refusal.problem}`
  return new FaultError({
    kind: kind.kind,
    code: kind.code,
    message: `${kind.what({ ref: refusal.ref, registry })}: ${refusal.said}${because}`,
    next: kind.next(refusal, registry),
    retry: kind.retry,
  })
}

/** A name that no engine takes. */
export function invalidName(ref: string): FaultError {
  return new FaultError({
    kind: 'invalid',
    code: 'MP4309',
    message: `"${ref}" is not the name of an image`,
    next: 'names are lower-case: `[registry/]name[:tag][@digest]`',
    retry: 'never',
  })
}

function logIn({ withCredentials }: RegistryRefusal, registry: string): string {
  const host = registry === 'docker.io' ? '' : ` ${registry}`
  const why = withCredentials ? 'the credentials of this machine are not accepted; ' : ''
  return `${why}run \`docker login${host}\` and then \`minipaas up\` again`
}
