export interface ComponentText {
  readonly name: string
  readonly image: string
  /** In the image; its own one when absent. */
  readonly cmd?: readonly string[]
  /** By name. The first one is `PORT` of a plain process, another one `PORT_<NAME>`. */
  readonly ports?: Readonly<Record<string, number>>
  readonly env?: Readonly<Record<string, string>>
  /** Path of an http readiness probe at the first port. */
  readonly readyAt?: string
  /** As written in the properties. */
  readonly more?: Readonly<Record<string, unknown>>
  /** As a plain process. */
  readonly run: { readonly directory?: string; readonly command: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  readonly build?: unknown
  readonly gate?: { readonly maxHeld?: number; readonly holdSeconds?: number }
  /** What its ScaledObject says beside the target. */
  readonly scaled?: Readonly<Record<string, unknown>>
}

export const document = (value: unknown): string => `---\n${JSON.stringify(value, undefined, 2)}\n`

/** The application as it would go to a cluster, scalers included, and the overlay for this machine. */
export function texts(app: string, components: readonly ComponentText[]): { readonly model: string; readonly overlay: string } {
  const application = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'Application',
    metadata: { name: app },
    spec: { components: components.map(componentOf) },
  }
  const overlay = {
    models: ['app.yaml'],
    components: Object.fromEntries(components.map(({ name, run, build, gate }) => [name, { run, build, gate }])),
  }
  return { model: document(application) + components.flatMap(scaledObject).map(document).join(''), overlay: JSON.stringify(overlay) }
}

function componentOf({ name, image, cmd, ports = {}, env = {}, readyAt, more }: ComponentText): unknown {
  const [first] = Object.values(ports)
  return {
    name,
    type: first === undefined ? 'worker' : 'webservice',
    properties: {
      image,
      cmd,
      ...(first === undefined ? {} : { ports: Object.entries(ports).map(([called, port]) => ({ name: called, port, expose: true })) }),
      env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
      ...(readyAt === undefined ? {} : { readinessProbe: { httpGet: { path: readyAt, port: first }, periodSeconds: 1 } }),
      ...more,
    },
  }
}

function scaledObject({ name, scaled }: ComponentText): readonly unknown[] {
  if (scaled === undefined) return []
  return [
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: `${name}-scaler` },
      spec: { scaleTargetRef: { name }, ...scaled },
    },
  ]
}
