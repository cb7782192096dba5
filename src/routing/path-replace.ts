import type { EdgeRoute } from '../model/edge.ts'
import type { PathReplace } from '../model/route-behaviour.ts'

/** The path of a route, of which a prefix replacement takes the place. */
export type MatchedPath = Pick<EdgeRoute, 'path' | 'pathType'>

/** The element-wise form of a prefix: `/foo/` is `/foo`, `/` is empty. Source: Kubernetes, Ingress, path types. */
export function trimSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/**
 * The path in place of the one that was asked for. A prefix is replaced element by element, so that slashes neither double nor vanish
 * (Gateway API, HTTPPathModifier, table of ReplacePrefixMatch); the prefix of a text letter by letter (Envoy, prefix_rewrite).
 */
export function replacePath(asked: string, replace: PathReplace, matched: MatchedPath): string {
  if (replace.by === 'full') return rooted(replace.path)
  if (matched.pathType === 'text-prefix') return rooted(replace.path + asked.slice(matched.path.length))
  return rooted(trimSlash(replace.path) + asked.slice(trimSlash(matched.path).length))
}

/** The same for a request target: the query stays as it is. What is no path (`*`) stays whole. */
export function replaceTarget(target: string, replace: PathReplace, matched: MatchedPath): string {
  if (target.charCodeAt(0) !== 47) return target
  const query = target.indexOf('?')
  if (query < 0) return replacePath(target, replace, matched)
  return replacePath(target.slice(0, query), replace, matched) + target.slice(query)
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
