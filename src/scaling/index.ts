export * from './hpa/index.ts'
export * from './trail.ts'
