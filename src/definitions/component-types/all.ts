import type { ComponentTypeEntry } from '../definition.ts'
import { knownComponentTypes } from './known.ts'
import { task } from './task.ts'
import { webservice } from './webservice.ts'
import { worker } from './worker.ts'

export const componentTypes: readonly ComponentTypeEntry[] = [webservice, worker, task, ...knownComponentTypes]
