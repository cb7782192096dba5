/** A container of the base image that runs a program of Node; also the component around it. */
export interface NodeComponent {
  readonly name: string
  /** JavaScript, run by `node -e`. */
  readonly program: string
  /** Ports that have a name on the network; without any the component is a worker. */
  readonly ports?: readonly number[]
  readonly replicas?: number
  readonly env?: Readonly<Record<string, string>>
  readonly image?: string
  /** Path that answers 200 when the component is ready. */
  readonly readyPath?: string
  readonly traits?: readonly unknown[]
}

/** Instruction of an Application: JSON is YAML. */
export function nodeComponent({ name, program, ports = [], replicas, env = {}, image, readyPath, traits = [] }: NodeComponent): unknown {
  const [port] = ports
  const probe = { httpGet: { path: readyPath, port }, periodSeconds: 1 }
  const scaler = replicas === undefined ? [] : [{ type: 'scaler', properties: { replicas } }]
  return {
    name,
    type: port === undefined ? 'worker' : 'webservice',
    properties: {
      image: image ?? 'node:22-alpine',
      imagePullPolicy: 'IfNotPresent',
      cmd: ['node', '-e', program],
      env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
      ...(port === undefined ? {} : { ports: ports.map((each) => ({ port: each, expose: true })) }),
      ...(readyPath === undefined ? {} : { readinessProbe: probe }),
    },
    traits: [...scaler, ...traits],
  }
}

/** A file with one Application and what stands beside it. */
export function applicationText(name: string, components: readonly unknown[], ...documents: readonly unknown[]): string {
  const application = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'Application',
    metadata: { name },
    spec: { components },
  }
  return [application, ...documents].map((document) => JSON.stringify(document)).join('\n---\n')
}

/** A Service without an address of its own over a component. */
export function headlessService(name: string, component: string, port: number): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: 'None', selector: { 'app.oam.dev/component': component }, ports: [{ port }] },
  }
}

/** Stays until it is told to end. */
export const STAY = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1 << 30)`
