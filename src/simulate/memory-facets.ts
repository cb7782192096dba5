import type { EdgeHost, ExecFacet, FreezeFacet, NetworkFacet, SidecarFacet, VolumeFacet } from '../model/engine.ts'
import { faults } from './faults.ts'
import type { MemoryEnvironments } from './memory-environments.ts'
import { runCommand } from './memory-exec.ts'
import { MemoryImages } from './memory-images.ts'
import { MemoryMeters } from './memory-meters.ts'
import { type Behaviour, type ImageScript, scriptFor } from './scenario.ts'

export interface MemoryFacets {
  readonly edge: EdgeHost
  readonly meters: MemoryMeters
  readonly networks: NetworkFacet
  readonly volumes: VolumeFacet
  readonly exec: ExecFacet
  readonly freezer: FreezeFacet
  readonly sidecars: SidecarFacet
  readonly images?: MemoryImages
}

export function createFacets(all: MemoryEnvironments, behaviour: () => Behaviour, images?: ImageScript): MemoryFacets {
  return {
    ...(images === undefined ? {} : { images: new MemoryImages({ clock: all.clock, script: images, changed: () => all.hint() }) }),
    edge: {
      attach: async (owner, signal) => all.edge(all.enter(owner, signal)).attach(),
      describe: async (owner) => (all.find(owner.environment)?.edge === undefined ? undefined : 'in process'),
    },
    meters: new MemoryMeters(all),
    networks: names(all, 'networks'),
    volumes: names(all, 'volumes'),
    exec: {
      exec: async (of, { container, command }, signal) => {
        all.enter(of.owner, signal)
        const replica = all.replica(of)
        const place = container === undefined ? replica.main : replica.need(container)
        if (place.state !== 'running') throw faults.notRunning(of, place.name)
        return runCommand(all.clock, { command, script: place.script }, signal)
      },
      run: async ({ ref, revision, ordinal }, { command }, signal) => {
        all.enter(ref.owner, signal)
        const container = revision.spec.pod.containers[0]?.name ?? revision.spec.name
        const start = { component: revision.component, revision: revision.id, ordinal, container, restarts: 0 }
        return runCommand(all.clock, { command, script: scriptFor(behaviour(), start) }, signal)
      },
    },
    freezer: {
      freeze: async (of, signal) => {
        all.enter(of.owner, signal)
        all.replica(of).frozen = true
      },
      thaw: async (of, signal) => {
        all.enter(of.owner, signal)
        all.replica(of).frozen = false
      },
    },
    sidecars: {
      restart: async (spec, sidecar, signal) => {
        all.enter(spec.ref.owner, signal)
        const { graceMs } = spec.revision.spec.pod
        await all.replica(spec.ref).restart(sidecar, { token: spec.restartToken, graceMs }, signal)
      },
    },
  }
}

/** Networks and volumes are nothing but their names here. */
function names(all: MemoryEnvironments, kind: 'networks' | 'volumes'): NetworkFacet & VolumeFacet {
  return {
    ensure: async (name, owner, signal) => {
      const environment = all.enter(owner, signal)
      environment[kind].add(name)
      environment.hint()
    },
    remove: async (name, owner, signal) => {
      const environment = all.enter(owner, signal)
      environment[kind].delete(name)
      environment.hint()
    },
  }
}
