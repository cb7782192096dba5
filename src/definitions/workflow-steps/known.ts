import { defineWorkflowStep } from '../define.ts'
import type { WorkflowStepEntry } from '../definition.ts'
import {
  anyOf,
  anything,
  fields,
  flag,
  integer,
  list,
  map,
  oneOf,
  optional,
  portNumber,
  preset,
  required,
  type Schema,
  text,
} from '../schema.ts'

interface Known<P> {
  readonly type: string
  readonly why: string
  readonly parameters: Schema<P>
  readonly secretPaths?: WorkflowStepEntry['secretPaths']
}

function known<P>({ type, why, parameters, secretPaths }: Known<P>): WorkflowStepEntry<P> {
  const secrets = secretPaths === undefined ? {} : { secretPaths }
  return defineWorkflowStep({ kind: 'workflow-step', type, simulation: { level: 'known', why }, parameters, ...secrets })
}

const OBJECTS = 'there is no cluster whose objects could be read or written'
const CONFIG = 'there is no configuration store'
const CLOUD = 'cloud resources are not created'
const DEPRECATED = 'deprecated in KubeVela; use apply-component or deploy'
const named = { name: required(text()), namespace: optional(text()) }
const cluster = preset(text(), '')
const free = map(anything())

const objectSteps = [
  known({
    type: 'apply-deployment',
    why: 'only components are run',
    parameters: fields({ image: required(text()), replicas: preset(integer(), 1), cluster, cmd: optional(list(text())) }),
  }),
  known({ type: 'apply-object', why: OBJECTS, parameters: fields({ value: required(free), cluster }) }),
  known({
    type: 'read-object',
    why: OBJECTS,
    parameters: fields({
      apiVersion: preset(text(), 'core.oam.dev/v1beta1'),
      kind: preset(text(), 'Application'),
      name: required(text()),
      namespace: preset(text(), 'default'),
      cluster,
    }),
  }),
  known({
    type: 'export2config',
    why: OBJECTS,
    parameters: fields({ configName: required(text()), namespace: optional(text()), data: required(free), cluster }),
  }),
  known({
    type: 'export2secret',
    why: OBJECTS,
    secretPaths: [
      ['data', '*'],
      ['dockerRegistry', 'password'],
    ],
    parameters: fields({
      secretName: required(text()),
      namespace: optional(text()),
      type: optional(text()),
      data: optional(free),
      cluster,
      kind: preset(oneOf('generic', 'docker-registry'), 'generic'),
      dockerRegistry: optional(
        fields({
          username: required(text()),
          password: required(text()),
          server: preset(text(), 'https://index.docker.io/v1/'),
        }),
      ),
    }),
  }),
  known({
    type: 'export-data',
    why: OBJECTS,
    parameters: fields({
      name: optional(text()),
      namespace: optional(text()),
      kind: preset(oneOf('ConfigMap', 'Secret'), 'ConfigMap'),
      data: required(free),
      topology: optional(text()),
    }),
  }),
  known({
    type: 'export-service',
    why: OBJECTS,
    parameters: fields({
      name: optional(text()),
      namespace: optional(text()),
      ip: required(text()),
      port: required(portNumber()),
      targetPort: required(portNumber()),
      topology: optional(text()),
    }),
  }),
  known({
    type: 'clean-jobs',
    why: OBJECTS,
    parameters: fields({ labelselector: optional(free), namespace: optional(text()) }),
  }),
]

const configSteps = [
  known({
    type: 'create-config',
    why: CONFIG,
    secretPaths: [['config', '*']],
    parameters: fields({ ...named, template: optional(text()), config: required(free) }),
  }),
  known({ type: 'read-config', why: CONFIG, parameters: fields(named) }),
  known({ type: 'delete-config', why: CONFIG, parameters: fields(named) }),
  known({ type: 'list-config', why: CONFIG, parameters: fields({ template: required(text()), namespace: optional(text()) }) }),
]

const secretOrValue = anyOf(
  fields({ value: required(text()) }),
  fields({ secretRef: required(fields({ name: required(text()), key: required(text()) })) }),
)

const messageSteps = [
  known({ type: 'print-message-in-status', why: 'not supported yet', parameters: fields({ message: required(text()) }) }),
  known({
    type: 'request',
    why: 'workflows send no requests yet',
    parameters: fields({
      url: required(text()),
      method: preset(oneOf('GET', 'POST', 'PUT', 'DELETE'), 'GET'),
      body: optional(free),
      header: optional(map(text())),
    }),
  }),
  known({
    type: 'webhook',
    why: 'workflows send no requests yet',
    secretPaths: [['url', 'value']],
    parameters: fields({ url: required(secretOrValue), data: optional(free) }),
  }),
  known({
    type: 'depends-on-app',
    why: 'applications do not wait for each other yet',
    parameters: fields({ name: required(text()), namespace: required(text()) }),
  }),
  known({
    type: 'collect-service-endpoints',
    why: 'not supported yet; `minipaas port` shows where services answer',
    parameters: fields({
      name: optional(text()),
      namespace: optional(text()),
      components: optional(list(text())),
      port: optional(portNumber()),
      portName: optional(text()),
      outer: optional(flag()),
      protocal: preset(oneOf('http', 'https'), 'http'),
    }),
  }),
  known({
    type: 'restart-workflow',
    why: 'use `minipaas workflow restart`',
    parameters: fields(
      { at: optional(text()), after: optional(text()), every: optional(text()) },
      { rule: 'exactly-one', of: ['at', 'after', 'every'] },
    ),
  }),
  known({
    type: 'check-metrics',
    why: 'there is no Prometheus to ask',
    parameters: fields({
      query: required(text()),
      metricEndpoint: optional(text()),
      condition: required(text()),
      duration: preset(text(), '5m'),
      failDuration: preset(text(), '2m'),
    }),
  }),
  known({
    type: 'build-push-image',
    why: 'images are built from the overlay, see `build` in minipaas.yaml',
    parameters: fields({
      kanikoExecutor: optional(text()),
      context: required(anyOf(text(), fields({ git: required(text()), branch: preset(text(), 'master') }))),
      dockerfile: preset(text(), './Dockerfile'),
      image: required(text()),
      platform: optional(text()),
      buildArgs: optional(list(text())),
      credentials: optional(free),
      verbosity: preset(oneOf('info', 'panic', 'fatal', 'error', 'warn', 'debug', 'trace'), 'info'),
    }),
  }),
  known({
    type: 'vela-cli',
    why: 'there is no KubeVela to talk to',
    parameters: fields({
      command: required(list(text())),
      image: optional(text()),
      serviceAccountName: optional(text()),
      storage: optional(free),
    }),
  }),
]

const cloudSteps = [
  known({ type: 'generate-jdbc-connection', why: CLOUD, parameters: fields(named) }),
  known({ type: 'apply-terraform-config', why: CLOUD, parameters: free }),
  known({ type: 'apply-terraform-provider', why: CLOUD, parameters: free, secretPaths: [['*']] }),
  known({ type: 'deploy-cloud-resource', why: CLOUD, parameters: fields({ policy: preset(text(), ''), env: required(text()) }) }),
  known({
    type: 'share-cloud-resource',
    why: CLOUD,
    parameters: fields({
      placements: required(list(fields({ namespace: optional(text()), cluster: optional(text()) }))),
      policy: preset(text(), ''),
      env: required(text()),
    }),
  }),
]

const olderSteps = ['apply-remaining', 'apply-application', 'apply-application-in-parallel', 'deploy2env', 'deploy2runtime'].map((type) =>
  known({ type, why: DEPRECATED, parameters: free }),
)

const addonSteps = ['addon-operation', 'apply-app', 'read-app', 'chat-gpt', 'canary-deploy', 'canary-rollout'].map((type) =>
  known({ type, why: 'steps of addons are not supported yet', parameters: free }),
)

/** Workflow steps of KubeVela and its addons that are accepted and listed, but do nothing. */
export const knownWorkflowSteps: readonly WorkflowStepEntry[] = [
  ...objectSteps,
  ...configSteps,
  ...messageSteps,
  ...cloudSteps,
  ...olderSteps,
  ...addonSteps,
]
