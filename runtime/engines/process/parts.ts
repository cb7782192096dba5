import { inheritedEnvironment } from '../../process-identity/base-environment.ts'
import { HintBoard } from '../shared/hint-board.ts'
import type { EngineContext } from './context.ts'
import { type EdgePrograms, ProcessEdgeHost } from './edge-host.ts'
import { ListenerWatch } from './listeners.ts'
import { type MeterHostPorts, ProcessMeterHost } from './meter-host.ts'
import { PortAllocator } from './ports.ts'
import { ReplicaRegistry } from './replica-registry.ts'

export interface ProcessEngineOptions extends EdgePrograms, MeterHostPorts {
  /** The daemon's environment; only the documented part of it reaches a process. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface EngineParts {
  readonly context: EngineContext
  readonly registry: ReplicaRegistry
  readonly listeners: ListenerWatch
  readonly edge: ProcessEdgeHost
  readonly meters: ProcessMeterHost
}

/** Puts an engine together; the parts know each other only through their constructors. */
export function assembleParts(options: ProcessEngineOptions): EngineParts {
  const context: EngineContext = {
    home: options.home,
    clock: options.clock,
    hints: new HintBoard(),
    ports: new PortAllocator(options.home),
    inherited: inheritedEnvironment(options.environment),
  }
  return {
    context,
    registry: new ReplicaRegistry(context),
    listeners: new ListenerWatch(context),
    edge: new ProcessEdgeHost(options),
    meters: new ProcessMeterHost(options),
  }
}
