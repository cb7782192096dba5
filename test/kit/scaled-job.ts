/** What a test says of a ScaledJob; the rest is KEDA's default. */
export interface ScaledJobText {
  readonly name?: string
  readonly image?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly job?: Readonly<Record<string, unknown>>
  readonly pod?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
  readonly triggers?: readonly unknown[]
  /** Properties of the component beside it. */
  readonly web?: Readonly<Record<string, unknown>>
}

/** A trigger whose value is set by hand. */
export const byHand = (target = '1', name?: string): unknown => ({
  type: 'redis',
  metadata: { address: 'redis:6379', listName: 'work', listLength: target },
  ...(name === undefined ? {} : { name }),
})

/** An application with nothing to scale, and a ScaledJob beside it. */
export function applicationWithJob(written: ScaledJobText = {}): string {
  const application = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: { components: [{ name: 'web', type: 'webservice', properties: written.web ?? { image: 'web:1' } }] },
  }
  return `${JSON.stringify(application)}\n---\n${JSON.stringify(scaledJob(written))}\n`
}

function scaledJob({ name = 'batch', image = 'batch:1', metadata, job, pod, spec, triggers = [byHand()] }: ScaledJobText): unknown {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'worker', image }], ...pod } }
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledJob',
    metadata: { name, ...metadata },
    spec: { jobTargetRef: { template, ...job }, pollingInterval: 10, triggers, ...spec },
  }
}
