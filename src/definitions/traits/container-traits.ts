import type { TraitEntry } from '../definition.ts'
import { command } from './command.ts'
import { containerImage } from './container-image.ts'
import { env } from './env.ts'
import { initContainer } from './init-container.ts'
import { lifecycle } from './lifecycle.ts'
import { resource } from './resource.ts'
import { serviceBinding } from './service-binding.ts'
import { sidecar } from './sidecar.ts'
import { startupProbe } from './startup-probe.ts'
import { storage } from './storage.ts'

/** Simulated traits that change containers. */
export const containerTraits: readonly TraitEntry[] = [
  env,
  command,
  containerImage,
  resource,
  sidecar,
  initContainer,
  storage,
  serviceBinding,
  startupProbe,
  lifecycle,
]
