import type { TraitEntry } from '../definition.ts'
import { expose } from './expose.ts'
import { gateway, ingressFamily } from './gateway.ts'
import { gatewayRoutes } from './gateway-routes.ts'
import { hostalias } from './hostalias.ts'
import { annotations, labels } from './labels.ts'
import { scaler } from './scaler.ts'

/** Simulated traits that change the component around its containers. */
export const componentTraits: readonly TraitEntry[] = [
  scaler,
  gateway,
  expose,
  ...ingressFamily,
  ...gatewayRoutes,
  labels,
  annotations,
  hostalias,
]
