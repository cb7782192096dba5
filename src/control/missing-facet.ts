import type { Engine } from '../model/engine.ts'
import { RefusalError } from './ports.ts'

type AskedFacet = 'copy' | 'processes' | 'stats' | 'connections'

/** What an engine without the facet cannot do, and what can be done instead where programs are plain processes of this machine. */
const MISSING: Readonly<Record<AskedFacet, { readonly cannot: string; readonly instead: string }>> = {
  copy: {
    cannot: 'copies no files: its programs use the files of this machine',
    instead: 'copy them with the tools of this machine; `minipaas explain <component>` shows the directories',
  },
  processes: { cannot: 'cannot list or signal processes here', instead: '`minipaas ps --format json` shows process ids' },
  stats: { cannot: 'cannot measure replicas here', instead: 'use the tools of this machine' },
  connections: { cannot: 'cannot forward ports', instead: '`minipaas port <component>` shows a port of this machine that leads there' },
}

/** A facet of the engine; refuses where it has none, and says what to do instead. */
export function facetFor<K extends AskedFacet>(name: K, engine: Engine): NonNullable<Engine[K]> {
  const facet = engine[name]
  if (facet !== undefined) return facet
  const { cannot, instead } = MISSING[name]
  const next = engine.traits.runs === 'processes' ? { next: instead } : {}
  const what = name === 'copy' && engine.traits.runs !== 'processes' ? 'copies no files' : cannot
  throw new RefusalError(503, { code: 'MP4004', message: `the ${engine.name} engine ${what}`, ...next })
}
