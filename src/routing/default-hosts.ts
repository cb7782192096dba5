import type { EdgeRoute, EdgeTarget } from '../model/edge.ts'
import { DEFAULT_NAMESPACE, type RevisionId } from '../model/names.ts'
import { DEFAULT_HOLD_MS } from '../model/route.ts'
import type { TableComponent } from './table-input.ts'

type Place = Pick<TableComponent, 'name' | 'namespace' | 'app'>

/** The host names every component with a port answers to; the same under another name. */
export function defaultHosts({ name, namespace, app }: Place, called = name): readonly string[] {
  const short = `${called}.${app}.localhost`.toLowerCase()
  if (namespace === DEFAULT_NAMESPACE) return [short]
  return [short, `${called}.${namespace}.${app}.localhost`.toLowerCase()]
}

/**
 * Hosts of single revisions: `<component>--<suffix>` for each one that has replicas, `<component>---<label>` for each one that has a label,
 * with or without replicas. Source: Azure Container Apps, names of revisions and labels.
 */
export function revisionRoutes(component: TableComponent, target: Pick<EdgeTarget, 'backend' | 'holdMs'>): readonly EdgeRoute[] {
  const running = new Set(component.replicas.flatMap(({ state, revision }) => (state === 'draining' ? [] : [revision])))
  return [
    ...[...running].flatMap((revision) => at(`${component.name}--${suffixOf(revision)}`, revision)),
    ...(component.labels ?? []).flatMap(({ label, revision }) => at(`${component.name}---${label}`, revision)),
  ]

  function at(called: string, revision: RevisionId): readonly EdgeRoute[] {
    return defaultHosts(component, called).map((host) => ({
      host,
      path: '/',
      pathType: 'prefix',
      targets: [{ ...target, revision, upTo: 1 }],
      holdMs: DEFAULT_HOLD_MS,
    }))
  }
}

/** What tells a revision from the others of its component. */
function suffixOf(revision: RevisionId): string {
  return revision.slice(revision.lastIndexOf('--') + 2)
}
