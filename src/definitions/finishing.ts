import type { Diagnostic } from '../kernel/diagnostic.ts'
import type { Component } from '../model/component.ts'
import type { Container, Port } from '../model/pod.ts'
import type { Probe } from '../model/probe.ts'
import type { RecordedDraft } from './component-draft.ts'
import { problem } from './problem.ts'
import { checkScale } from './scaling/check-scale.ts'
import { sayList } from './wording.ts'

/**
 * What a pod needs once everything was applied: ports that only services mention, implicit readiness, and a note on what its
 * annotations would do in a cluster.
 */
export function completeDraft(draft: RecordedDraft, component: Component): void {
  addServedPorts(draft, component)
  const app = draft.container()
  const port = app?.read().ports.find((candidate) => candidate.protocol !== 'udp')
  if (app !== undefined && port !== undefined && component.run.type === 'forever' && app.read().probes.ready === undefined) {
    app.probe('ready', implicitReadiness(port), port.origin)
  }
  const dapr = Object.keys(component.annotations).find((key) => key.startsWith('dapr.io/'))
  if (dapr !== undefined) {
    draft.note({
      kind: 'not-simulated',
      subject: dapr,
      text: 'Dapr annotations are kept, but no sidecar is started yet',
      origin: draft.book.originOf(['annotations', dapr]) ?? component.origin,
    })
  }
}

/** In Kubernetes a service reaches a container port whether it is declared or not; here an engine has to know it. */
function addServedPorts(draft: RecordedDraft, component: Component): void {
  for (const service of component.services) {
    for (const port of service.ports) {
      const declared = draft.containers().flatMap((container) => container.read().ports)
      if (declared.some((known) => known.number === port.target && (known.protocol === 'udp') === (port.protocol === 'udp'))) continue
      const origin = draft.book.originOf(['services', service.name, 'ports', port.name]) ?? service.origin
      draft.container()?.port({
        name: `port-${port.target}${port.protocol === 'udp' ? '-udp' : ''}`,
        number: port.target,
        protocol: port.protocol,
        origin,
      })
    }
  }
}

/** Ours: "the port accepts", asked five times a second. */
function implicitReadiness(port: Port): Probe {
  return {
    action: { by: 'tcp', port: port.number },
    delayMs: 0,
    everyMs: 200,
    timeoutMs: 1000,
    successes: 1,
    failures: 3,
    implicit: true,
  }
}

/** Rules that Kubernetes and KEDA would enforce: mounts need volumes, ports are unique, a scaler's numbers and triggers fit the pod. */
export function checkPod(draft: RecordedDraft, component: Component): readonly Diagnostic[] {
  const { containers, initContainers } = component.pod
  const mounts = [
    ...containers.flatMap((container) => checkMounts({ draft, component, container, list: 'containers' })),
    ...initContainers.flatMap((container) => checkMounts({ draft, component, container, list: 'initContainers' })),
  ]
  return [...mounts, ...checkPorts(containers), ...checkScale(draft.book, component)]
}

function checkMounts(of: {
  readonly draft: RecordedDraft
  readonly component: Component
  readonly container: Container
  readonly list: 'containers' | 'initContainers'
}): readonly Diagnostic[] {
  const names = of.component.pod.volumes.map((volume) => volume.name)
  return of.container.mounts
    .filter((mount) => !names.includes(mount.volume))
    .map((mount) =>
      problem({
        code: 'MP2204',
        severity: 'error',
        message: `container "${of.container.name}" mounts volume "${mount.volume}", which component "${of.component.name}" does not have`,
        origin: of.draft.book.originOf(['pod', of.list, of.container.name, 'mounts', mount.path]) ?? of.component.origin,
        hint: names.length === 0 ? 'the component has no volumes' : `its volumes are ${sayList(names)}`,
      }),
    )
}

function checkPorts(containers: readonly Container[]): readonly Diagnostic[] {
  const seen = new Map<string, Port>()
  const found: Diagnostic[] = []
  for (const port of containers.flatMap((container) => container.ports)) {
    const slot = `${port.number}/${port.protocol === 'udp' ? 'udp' : 'tcp'}`
    const first = seen.get(slot)
    if (first !== undefined) {
      found.push(
        problem({
          code: 'MP2206',
          severity: 'warning',
          message: `container port ${slot} is declared twice`,
          origin: port.origin,
          related: [{ message: 'first declared here', origin: first.origin }],
        }),
      )
    }
    seen.set(slot, first ?? port)
  }
  return found
}
