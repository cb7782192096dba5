import { backendId, type EdgeListener, type EdgeReplica, type EdgeTable } from '../../../src/model/edge.ts'
import type { ComponentKey } from '../../../src/model/names.ts'

const WEB = backendId('web' as ComponentKey, 80)

/** Version 3: every path of the outer port leads to the replica. */
export function tableOf(replica: EdgeReplica, web: number, ...more: readonly EdgeListener[]): EdgeTable {
  return {
    version: 3,
    environment: 'edges',
    listeners: [{ id: 'web', host: '127.0.0.1', port: web, taken: 'next', serve: { by: 'routes' } }, ...more],
    routes: [{ path: '/', pathType: 'prefix', targets: [{ backend: WEB, upTo: 1 }], holdMs: 10_000 }],
    backends: [
      {
        id: WEB,
        component: 'web' as ComponentKey,
        app: 'shop',
        replicas: [replica],
        starting: [],
        draining: [],
        gate: { mode: 'hold', reason: 'web is starting' },
        maxHeld: 100,
        holdMs: 10_000,
      },
    ],
    probes: [],
    names: [],
  }
}

/** A port of the host that leads to the same replica. */
export function published(port: number): EdgeListener {
  return { id: `publish/${port}`, host: '127.0.0.1', port, taken: 'fail', serve: { by: 'backend', backend: WEB } }
}

/** What is served at a port of the host. */
export async function answerAt(port: number | undefined): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`)
  return response.text()
}
