/** An image reference with everything that was left out filled in. */
export interface ImageName {
  /** Host of the registry, with its port where it has one: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string
  /** Path inside the registry: `library/nginx`. */
  readonly repository: string
  /** Absent when a digest names the image. */
  readonly tag?: string
  /** `sha256:...`; it alone counts when both were given. */
  readonly digest?: string
}

/** Where names without a host come from. Source: the distribution project, reference normalisation. */
export const DEFAULT_REGISTRY = 'docker.io'

const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const pathShape = new RegExp(`^${pathPart}(?:/${pathPart})*$`)
const hostShape = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d+)?$/
const tagShape = /^\w[\w.-]{0,127}$/
const digestShape = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/
/** An image id in full; it cannot be told from a repository of that name, so that no repository may have one. */
const idShape = /^[0-9a-f]{64}$/

/** A reference as users write it, or undefined when it is none. Source: the distribution project, grammar of references. */
export function parseImageName(ref: string): ImageName | undefined {
  const [beforeDigest = '', digest, ...more] = ref.split('@')
  if (more.length > 0 || (digest !== undefined && !digestShape.test(digest))) return undefined
  const colon = beforeDigest.lastIndexOf(':')
  const hasTag = colon > beforeDigest.lastIndexOf('/')
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined
  if (tag !== undefined && !tagShape.test(tag)) return undefined
  const place = splitRegistry(hasTag ? beforeDigest.slice(0, colon) : beforeDigest)
  if (!hostShape.test(place.registry) || !pathShape.test(place.repository) || idShape.test(beforeDigest)) return undefined
  return digest === undefined ? { ...place, tag: tag ?? 'latest' } : { ...place, digest }
}

/** The first part is a host when it looks like one; otherwise the name is Docker Hub's. */
function splitRegistry(path: string): { readonly registry: string; readonly repository: string } {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(0, slash))
  const isHost = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  if (isHost && first !== 'index.docker.io' && first !== DEFAULT_REGISTRY) return { registry: first, repository: path.slice(slash + 1) }
  const repository = isHost ? path.slice(slash + 1) : path
  return { registry: DEFAULT_REGISTRY, repository: repository.includes('/') ? repository : `library/${repository}` }
}

/** `docker.io/library/nginx:latest`, whichever way it was written; the text itself when it is no reference. */
export function fullImageName(ref: string): string {
  const known = fullNames.get(ref)
  if (known !== undefined) return known
  const name = parseImageName(ref)
  const full =
    name === undefined ? ref : `${name.registry}/${name.repository}${name.digest === undefined ? `:${name.tag}` : `@${name.digest}`}`
  if (fullNames.size >= MANY) fullNames.clear()
  fullNames.set(ref, full)
  return full
}

/** The same few names are asked for in every pass. */
const fullNames = new Map<string, string>()
const MANY = 10_000
