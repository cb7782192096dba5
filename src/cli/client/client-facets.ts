import { MeasuringClient } from './measuring-client.ts'
import { type Asking, ReplicaClient } from './replica-client.ts'
import { ScalingClient } from './scaling-client.ts'

/** Questions about one subject each. */
export interface ClientFacets {
  readonly replicas: ReplicaClient
  readonly measuring: MeasuringClient
  readonly scaling: ScalingClient
}

export function facetsOf(environment: string, asking: Asking): ClientFacets {
  return {
    replicas: new ReplicaClient(environment, asking),
    measuring: new MeasuringClient(environment, asking.open),
    scaling: new ScalingClient(environment, asking),
  }
}
