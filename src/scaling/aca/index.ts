export * from './concurrency-rule.ts'
export * from './defaults.ts'
export * from './implicit-rule.ts'
export * from './scale-step.ts'
