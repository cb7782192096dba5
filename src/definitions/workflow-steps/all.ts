import type { WorkflowStepEntry } from '../definition.ts'
import { knownWorkflowSteps } from './known.ts'
import { applyComponent, deploy, notification, stepGroup, suspend } from './simulated.ts'

export const workflowSteps: readonly WorkflowStepEntry[] = [applyComponent, deploy, stepGroup, suspend, notification, ...knownWorkflowSteps]
