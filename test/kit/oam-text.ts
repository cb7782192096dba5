export interface ApplicationParts {
  readonly name?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly components: readonly string[]
  readonly policies?: readonly string[]
  /** Steps, in order. */
  readonly steps?: readonly string[]
}

/** An Application as text; each part is a flow-style YAML value. */
export function application({ name = 'shop', annotations, components, policies, steps }: ApplicationParts): string {
  const marks = annotations === undefined ? '' : `, annotations: ${JSON.stringify(annotations)}`
  const lines = [
    'apiVersion: core.oam.dev/v1beta1',
    'kind: Application',
    `metadata: { name: ${name}${marks} }`,
    'spec:',
    '  components:',
    ...components.map((component) => `    - ${component}`),
    ...(policies === undefined ? [] : ['  policies:', ...policies.map((policy) => `    - ${policy}`)]),
    ...(steps === undefined ? [] : ['  workflow:', '    steps:', ...steps.map((step) => `      - ${step}`)]),
  ]
  return `${lines.join('\n')}\n`
}

/** A webservice with a name on the network; `more` are further members of the component. */
export function webservice(name: string, image = `${name}:1`, more = ''): string {
  return `{ name: ${name}, type: webservice, properties: { image: "${image}", ports: [{ port: 8080, expose: true }] }${more === '' ? '' : `, ${more}`} }`
}

export function task(name: string, more = ''): string {
  return `{ name: ${name}, type: task, properties: { image: "${name}:1", cmd: [run] }${more === '' ? '' : `, ${more}`} }`
}

/** An `apply-component` step called like its component. */
export function applyStep(component: string, more = ''): string {
  return `{ name: ${component}, type: apply-component, properties: { component: ${component} }${more === '' ? '' : `, ${more}`} }`
}
