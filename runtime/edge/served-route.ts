import type { EdgeRoute } from '../../src/model/edge.ts'
import type { Redirect } from '../../src/model/route-behaviour.ts'
import { type RedirectedRequest, redirectLocation } from '../../src/routing/redirect.ts'
import { pickShare } from '../../src/routing/split.ts'
import type { Answer } from './backend.ts'
import { effectsOf, type RouteEffects } from './route-effects.ts'

export type RouteShare = EdgeRoute['targets'][number]

/** A route of the table in force. */
export interface ServedRoute {
  readonly route: EdgeRoute
  /** Under which its turns are counted; the same in the next table. */
  readonly key: string
  readonly effects: RouteEffects | undefined
}

export function served(route: EdgeRoute): ServedRoute {
  return { route, key: turnKey(route), effects: effectsOf(route) }
}

export function redirected({ route }: ServedRoute, redirect: Redirect, request: RedirectedRequest): Answer {
  const location = redirectLocation(redirect, request, route)
  return { status: redirect.status, reason: `the route leads to ${location}`, location }
}

/** Whose turn it is at each route with several targets; outlives tables. */
export class Turns {
  readonly #turns = new Map<string, number>()

  next({ route, key }: ServedRoute): RouteShare | undefined {
    const turn = this.#turns.get(key) ?? 0
    this.#turns.set(key, turn + 1)
    return pickShare(route.targets, turn)
  }

  /** Forgets routes that are no longer there. */
  keep(routes: readonly EdgeRoute[]): void {
    const keys = new Set(routes.map(turnKey))
    for (const key of this.#turns.keys()) if (!keys.has(key)) this.#turns.delete(key)
  }
}

function turnKey(route: EdgeRoute): string {
  const place = `${route.host ?? '*'} ${route.pathType} ${route.path}`
  return route.when === undefined ? place : `${place} ${JSON.stringify(route.when)}`
}
