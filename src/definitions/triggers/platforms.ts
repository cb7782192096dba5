import { defineTrigger } from '../define.ts'
import type { TriggerEntry } from '../definition.ts'
import { amount, type Complaint } from './checks.ts'
import type { Given } from './given.ts'
import { authenticationOnly, choice, decimalText, truth, wholeText, words } from './metadata-key.ts'

const simulated = { level: 'simulated' } as const

/** Messages of a queue. Source: KEDA, aws_sqs_queue_scaler.go. */
const sqs = defineTrigger({
  kind: 'trigger',
  type: 'aws-sqs-queue',
  simulation: simulated,
  metadata: {
    queueURL: words({ required: true, places: 'ME' }),
    queueLength: wholeText({ preset: '5' }),
    activationQueueLength: wholeText({ preset: '0' }),
    awsRegion: words({ required: true, places: 'MA' }),
    awsEndpoint: words(),
    scaleOnInFlight: truth('true'),
    scaleOnDelayed: truth(),
    identityOwner: words(),
    ...authenticationOnly('awsRoleArn', 'awsSessionToken'),
    awsAccessKeyID: words({ places: 'AE' }),
    awsSecretAccessKey: words({ places: 'AE' }),
  },
  measure: (given) => {
    const name = given.text('queueURL')?.split('/').at(-1)
    return {
      ...amount(given, 'queueLength'),
      activation: given.number('activationQueueLength') ?? 0,
      from: { by: 'meter', push: false },
      ...(name === undefined || name === '' ? {} : { metric: `aws-sqs-${name}` }),
    }
  },
})

/** Sessions that wait or run in a Selenium grid. Source: KEDA, selenium_grid_scaler.go; the target is always 1. */
const seleniumGrid = defineTrigger({
  kind: 'trigger',
  type: 'selenium-grid',
  simulation: simulated,
  metadata: {
    url: words({ required: true, places: 'AM', examples: ['http://grid:4444/graphql', 'http://hub:4444/graphql'] }),
    browserName: words(),
    sessionBrowserName: words(),
    browserVersion: words(),
    platformName: words(),
    capabilities: words(),
    nodeMaxSessions: wholeText({ preset: '1' }),
    enableManagedDownloads: truth('true'),
    activationThreshold: wholeText({ preset: '0' }),
    unsafeSsl: truth(),
    authType: words({ places: 'AE' }),
    username: words({ places: 'AE' }),
    password: words({ places: 'AE' }),
    accessToken: words({ places: 'AE' }),
  },
  measure: (given) => ({
    target: 1,
    activation: given.number('activationThreshold') ?? 0,
    from: { by: 'meter', push: false },
    metric: ['selenium-grid', ...['browserName', 'browserVersion', 'platformName'].flatMap((key) => given.text(key) ?? [])].join('-'),
  }),
})

/** Jobs that wait for a runner. Source: KEDA, github_runner_scaler.go. There is no reader: the value is set by hand. */
const githubRunner = defineTrigger({
  kind: 'trigger',
  type: 'github-runner',
  simulation: { level: 'known', why: 'GitHub is not asked' },
  metadata: {
    githubApiURL: words({ places: 'ME', preset: 'https://api.github.com' }),
    owner: words({ required: true, places: 'ME' }),
    runnerScope: choice(['org', 'ent', 'repo'], { required: true, places: 'ME' }),
    repos: words({ places: 'ME' }),
    labels: words({ places: 'ME' }),
    noDefaultLabels: truth('false', 'ME'),
    enableEtags: truth('false', 'ME'),
    matchUnlabeledJobsWithUnlabeledRunners: truth('false', 'ME'),
    targetWorkflowQueueLength: wholeText({ places: 'ME', preset: '1' }),
    applicationID: wholeText({ places: 'ME' }),
    installationID: wholeText({ places: 'ME' }),
    ...authenticationOnly('personalAccessToken', 'appKey'),
  },
  measure: (given) => {
    const owner = given.text('owner')
    return {
      target: given.number('targetWorkflowQueueLength') ?? 1,
      targetKey: 'targetWorkflowQueueLength',
      activation: 0,
      from: { by: 'hand' },
      ...(owner === undefined ? {} : { metric: `github-runner-${owner}` }),
    }
  },
})

/** Live replicas of other components. Source: KEDA, kubernetes_workload_scaler.go. */
const workload = defineTrigger({
  kind: 'trigger',
  type: 'kubernetes-workload',
  simulation: simulated,
  metadata: {
    podSelector: words({ required: true, examples: ['app=web', 'app=api'] }),
    value: decimalText({ required: true }),
    activationValue: decimalText({ preset: '0' }),
    groupByNode: truth(),
  },
  relate: (given) => checkSelector(given),
  measure: (given, { namespace }) => ({
    ...amount(given, 'value'),
    activation: given.number('activationValue') ?? 0,
    from: { by: 'environment' },
    metric: `workload-${namespace}`,
  }),
})

/** Equality, sets and existence, separated by commas. Source: Kubernetes, labels.Parse. */
function checkSelector(given: Given): readonly Complaint[] {
  const selector = given.text('podSelector')
  if (selector === undefined) return []
  const name = '[A-Za-z0-9][-A-Za-z0-9_./]*'
  const part = `(?:!?\\s*${name}|${name}\\s*(?:=|==|!=)\\s*[-A-Za-z0-9_.]*|${name}\\s+(?:in|notin)\\s*\\([^()]*\\))`
  if (new RegExp(`^\\s*${part}\\s*(?:,\\s*${part}\\s*)*$`).test(selector)) return []
  return [
    { code: 'MP2105', message: `"podSelector" is no label selector: "${selector}"`, at: 'podSelector', hint: 'write for example app=web' },
  ]
}

export const platformTriggers: readonly TriggerEntry[] = [sqs, seleniumGrid, githubRunner, workload]
