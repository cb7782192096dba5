import type { TraitEntry } from '../definition.ts'
import { localDevelop } from './develop.ts'
import { localEnv } from './env.ts'
import { localGate } from './gate.ts'
import { localBuild, localImage } from './image.ts'
import { localProcess } from './process.ts'
import { localPublish } from './publish.ts'
import { localScale } from './scale.ts'

/** What `minipaas.yaml` adds to components, as uses that are applied after the user's traits. */
export const localDefinitions: readonly TraitEntry[] = [
  localBuild,
  localImage,
  localEnv,
  localProcess,
  localPublish,
  localDevelop,
  localScale,
  localGate,
]
