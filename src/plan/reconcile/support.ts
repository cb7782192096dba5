import { after, type Instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { EngineHealth } from '../../model/observed.ts'
import type { Hold } from '../../model/step.ts'
import { ENGINE_RETRY_MS } from './back-off.ts'
import type { PlanCapabilities } from './plan-context.ts'

/** Why the engine cannot run a component, naming the key of the overlay that would help; undefined when it can. */
export function unsupportedHold(component: Component, capabilities: PlanCapabilities): Hold | undefined {
  if (capabilities.runs !== 'processes') return undefined
  const { containers, initContainers } = component.pod
  const main = containers[0]?.name
  const on = [...initContainers, ...containers]
    .filter((container) => container.process === undefined)
    .map((container) => {
      const key = container.name === main ? 'run' : `containers.${container.name}.run`
      return `container "${container.name}" has no way to run as a process: set components.${component.name}.${key} (directory and command) in minipaas.yaml`
    })
  return on.length === 0 ? undefined : { subject: component.key, reason: 'unsupported', on }
}

/** The one hold of an environment whose engine is not healthy. */
export function engineHold(environment: string, engine: EngineHealth, now: Instant): Hold {
  return { subject: environment, reason: 'engine-down', on: [engine.detail], until: after(now, ENGINE_RETRY_MS) }
}
