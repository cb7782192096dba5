export * from './aca/index.ts'
export * from './keda/index.ts'
export type { TrailEntry, TrailStage } from './trail.ts'
