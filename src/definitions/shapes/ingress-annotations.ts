import type { Route } from '../../model/route.ts'
import type { RouteBehaviour, StickyCookie } from '../../model/route-behaviour.ts'

const NGINX = 'nginx.ingress.kubernetes.io/'
const COOKIE = 'session-cookie-'

/** What annotations make of the routes of an ingress. */
export interface AnnotatedIngress {
  readonly behaviour: RouteBehaviour
  /** Paths are regular expressions that a path begins with, in any case. */
  readonly regex: boolean
  /** What nothing here does, by the key of its annotation. */
  readonly notDone: Readonly<Record<string, string>>
}

type Annotations = Readonly<Record<string, string>>

/** Reads the annotations of ingress-nginx that a route can express. Source: ingress-nginx, user guide, annotations. */
export function readIngressAnnotations(annotations: Annotations): AnnotatedIngress {
  const notDone: Record<string, string> = {}
  const sticky = annotations[`${NGINX}affinity`] === 'cookie' ? cookieOf(annotations) : undefined
  let regex = false
  let rewrite: RouteBehaviour['rewrite']
  let idleMs: number | undefined
  for (const [key, value] of Object.entries(annotations)) {
    const name = key.startsWith(NGINX) ? key.slice(NGINX.length) : ''
    if (name === 'rewrite-target' && !value.includes('$')) rewrite = { ...rewrite, path: { by: 'full', path: value } }
    else if (name === 'upstream-vhost' && !value.includes('$')) rewrite = { ...rewrite, host: value }
    else if (name === 'use-regex' && value === 'true') regex = true
    else if (name === 'use-regex' && value === 'false') regex = false
    else if (name === 'proxy-read-timeout' && /^[1-9]\d{0,8}$/.test(value)) idleMs = Number(value) * 1000
    else if (isOfTls(name) || (sticky !== undefined && isOfCookie(name))) continue
    else notDone[key] = reasonOf(name, value)
  }
  return {
    behaviour: {
      ...(rewrite === undefined ? {} : { rewrite }),
      ...(idleMs === undefined ? {} : { idleMs }),
      ...(sticky === undefined ? {} : { sticky }),
    },
    regex,
    notDone,
  }
}

/** The path and its type under these annotations. */
export function annotatedPath(path: string, pathType: Route['pathType'], regex: boolean): Pick<Route, 'path' | 'pathType' | 'ignoreCase'> {
  // ingress-nginx writes a location of the form `~* "^<path>"`: any case, and whatever follows.
  return regex && pathType !== 'exact' ? { path: `${path}.*`, pathType: 'regex', ignoreCase: true } : { path, pathType }
}

function reasonOf(name: string, value: string): string {
  if (name === '') return 'labels and annotations of an ingress steer ingress controllers; the local router reads only those of nginx'
  if (value.includes('$')) return 'variables and groups of regular expressions are not filled in here'
  return 'the local router does not do this'
}

/** Read with the certificate of the ingress. */
function isOfTls(name: string): boolean {
  return name === 'ssl-redirect' || name === 'force-ssl-redirect'
}

const COOKIE_PARTS: ReadonlySet<string> = new Set(['name', 'path', 'max-age', 'samesite', 'secure'])

function isOfCookie(name: string): boolean {
  return name === 'affinity' || (name.startsWith(COOKIE) && COOKIE_PARTS.has(name.slice(COOKIE.length)))
}

/** Source: ingress-nginx, sticky sessions: `INGRESSCOOKIE`, path `/`, HttpOnly where nothing else is said. */
function cookieOf(annotations: Annotations): StickyCookie {
  const part = (name: string): string | undefined => annotations[`${NGINX}${COOKIE}${name}`]
  const maxAge = part('max-age')
  const sameSite = part('samesite')
  const attributes = [
    `Path=${part('path') ?? '/'}`,
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(sameSite === undefined ? [] : [`SameSite=${sameSite}`]),
    ...(part('secure') === 'true' ? ['Secure'] : []),
    'HttpOnly',
  ]
  return { name: part('name') ?? 'INGRESSCOOKIE', attributes: attributes.join('; ') }
}
