import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../../src/kernel/instant.ts'
import type { StepKey } from '../../../../src/model/step.ts'
import { readRenewal } from '../../../../src/plan/reconcile/step-keys.ts'
import { aComponent, aContainer, aReplica, aRevision } from '../../../kit/builders.ts'
import { aFailure, planFor, planText, stepKeys, wanted } from '../../../kit/planning.ts'

const capabilities = { runs: 'images', sandboxes: false, images: true } as const
const here = (...names: readonly string[]): { images: readonly { name: string; id: string }[] } => ({
  images: names.map((name) => ({ name, id: `sha256:${name}` })),
})
const build = { from: 'build', context: '/src/web', args: {}, ref: 'shop/web:dev' } as const
const built = aRevision(aComponent('web').container({ image: build, pull: 'never' }), '7f3')
const nginx = aRevision(
  aComponent('web')
    .image('nginx')
    .container({ image: { from: 'registry', ref: 'nginx' }, pull: 'always' }),
  '7f3',
)
const BUILT = 'docker.io/shop/web:dev'
const NGINX = 'docker.io/library/nginx:latest'
const failed = (key: string, message: string, retry: 'never' | 'backoff' = 'never') =>
  new Map([
    [key as StepKey, { ...aFailure({ retry }), fault: { kind: 'invalid', code: 'MP4310', message, next: 'correct it', retry } as const }],
  ])

describe('an image', () => {
  test.each([['nginx'], ['nginx:latest'], ['docker.io/nginx'], ['docker.io/library/nginx:latest']])(
    'that is here is not pulled, written %s',
    (ref) => {
      const web = aRevision(aComponent('web').image(ref), '7f3')
      expect(planText({ wanted: [wanted(web)], capabilities, observed: here(NGINX) })).toBe(`
#1 start web--7f3.0            missing replica  [web]
#2 ready web--7f3.0  after #1  new replica      [web]
`)
    },
  )

  test('that two components write differently is pulled once', () => {
    const web = aRevision(aComponent('web').image('nginx'), '7f3')
    const api = aRevision(aComponent('api').image('docker.io/library/nginx:latest'), '7f3')
    expect(planText({ wanted: [wanted(web), wanted(api)], capabilities })).toBe(`
#1 pull  nginx                 image missing
#2 start api--7f3.0  after #1  missing replica  [api]
#3 ready api--7f3.0  after #2  new replica      [api]
#4 start web--7f3.0  after #1  missing replica  [web]
#5 ready web--7f3.0  after #4  new replica      [web]
`)
  })

  test('that one component builds is built for the others too', () => {
    const job = aRevision(aComponent('job').image('docker.io/shop/web:dev'), '1a2')
    expect(planFor({ wanted: [wanted(built), wanted(job)], capabilities }).steps.map(({ key }) => key)).toEqual([
      'buildImage shop/web:dev',
      'startReplica job--1a2.0 token 0',
      'awaitReady job--1a2.0',
      'startReplica web--7f3.0 token 0',
      'awaitReady web--7f3.0',
    ])
  })

  test('that `up --pull never` keeps from being pulled holds its component; a build is no pull', () => {
    const never = { ...wanted(aRevision(aComponent('api').image('nginx'), '1a2')), pull: 'never' } as const
    expect(planText({ wanted: [never, { ...wanted(built), pull: 'never' }], capabilities })).toBe(`
#1 build shop/web:dev            image missing
#2 start web--7f3.0    after #1  missing replica  [web]
#3 ready web--7f3.0    after #2  new replica      [web]
hold api: image image nginx is not here and its pull policy is "never"
`)
  })

  test('that one component may not pull is pulled for another', () => {
    const api = aRevision(aComponent('api').image('nginx').container({ pull: 'never' }), '1a2')
    const web = aRevision(aComponent('web').image('nginx'), '7f3')
    expect(planText({ wanted: [wanted(api), wanted(web)], capabilities })).toBe(`
#1 pull  nginx                 image missing
#2 start web--7f3.0  after #1  missing replica  [web]
#3 ready web--7f3.0  after #2  new replica      [web]
hold api: image image nginx is not here and its pull policy is "never"
`)
  })
})

describe('an image that is made anew', () => {
  const renewal = { up: 2, cause: 'pull policy "always"', first: false }
  const rebuilt = { up: 2, cause: 'build asked for', first: false }

  test('leaves what runs alone meanwhile', () => {
    const world = { wanted: [wanted(nginx)], capabilities, observed: here(NGINX), renewals: { [NGINX]: renewal } }
    expect(planText({ ...world, replicas: [aReplica('web', '7f3')] })).toBe(`
#1 pull nginx  pull policy "always"
hold web: renewal pull nginx
`)
    // A replica that is lost meanwhile need not wait for it.
    expect(planText(world)).toBe(`
#1 pull  nginx                 pull policy "always"
#2 start web--7f3.0            missing replica       [web]
#3 ready web--7f3.0  after #2  new replica           [web]
hold web: renewal pull nginx
`)
  })

  test('holds the first start up, and is no other step than the one that brings a missing image', () => {
    const renewals = { [NGINX]: { ...renewal, first: true } }
    expect(planText({ wanted: [wanted(nginx)], capabilities, renewals })).toBe(`
#1 pull  nginx                 image missing
#2 start web--7f3.0  after #1  missing replica  [web]
#3 ready web--7f3.0  after #2  new replica      [web]
`)
    const missing = planFor({ wanted: [wanted(nginx)], capabilities, renewals }).steps[0]
    const present = planFor({ wanted: [wanted(nginx)], capabilities, renewals, observed: here(NGINX) }).steps[0]
    expect([missing?.key, present?.key]).toEqual(['pullImage nginx up 2', 'pullImage nginx up 2'])
    expect(readRenewal(missing?.key ?? ('' as StepKey))).toEqual({ ref: 'nginx', up: 2 })
  })

  test('and cannot be pulled is reported, and what is here runs', () => {
    const failures = failed('pullImage nginx up 2', 'no registry')
    for (const first of [false, true]) {
      expect(
        planText({ wanted: [wanted(nginx)], capabilities, observed: here(NGINX), renewals: { [NGINX]: { ...renewal, first } }, failures }),
      ).toBe(`
#1 start web--7f3.0            missing replica  [web]
#2 ready web--7f3.0  after #1  new replica      [web]
hold web: not-renewed pull nginx: no registry (MP4310)
`)
    }
  })

  test('and cannot be built holds its component, and what runs goes on', () => {
    const failures = failed('buildImage shop/web:dev up 2', 'step 3 failed')
    const world = { wanted: [wanted(built)], capabilities, observed: here(BUILT), failures }
    expect(planFor({ ...world, renewals: { [BUILT]: rebuilt }, replicas: [aReplica('web', '7f3')] })).toMatchObject({
      steps: [],
      holds: [{ subject: 'web', reason: 'image', on: ['build shop/web:dev: step 3 failed (MP4310)'], next: 'correct it' }],
    })
    // Where something ran from the image, it is brought back; where nothing did, the build was asked for first.
    expect(planFor({ ...world, renewals: { [BUILT]: rebuilt } }).steps).toHaveLength(2)
    expect(planFor({ ...world, renewals: { [BUILT]: { ...rebuilt, first: true } } }).steps).toEqual([])
    // The next `up` is another attempt.
    expect(planFor({ ...world, renewals: { [BUILT]: { ...rebuilt, up: 3 } } }).steps[0]?.key).toBe('buildImage shop/web:dev up 3')
  })

  test('that is being made, or was a moment ago, is not made twice', () => {
    const inFlight = stepKeys('buildImage shop/web:dev up 2')
    const failures = failed('buildImage shop/web:dev up 2', 'step 3 failed')
    const world = { wanted: [wanted(built)], capabilities, observed: here(BUILT), replicas: [aReplica('web', '7f3')] }
    const plan = planFor({ ...world, renewals: { [BUILT]: rebuilt }, inFlight, failures })
    expect(plan.steps.map(({ key }) => key)).toEqual(['buildImage shop/web:dev up 2'])
    expect(plan.holds).toMatchObject([{ reason: 'renewal' }])
  })
})

test('a registry that may come back is asked again with growing pauses', () => {
  const failures = failed('pullImage web:1', 'too many requests', 'backoff')
  const web = aRevision(aComponent('web').container({ image: { from: 'registry', ref: 'web:1' } }), '7f3')
  expect(planFor({ wanted: [wanted(web)], capabilities, failures, now: instant(500) })).toMatchObject({
    steps: [],
    holds: [{ reason: 'image', until: 1000 }],
    wakeAt: 1000,
  })
  expect(planFor({ wanted: [wanted(web)], capabilities, failures, now: instant(1000) }).steps).toHaveLength(3)
})

test('an engine without images plans none', () => {
  const plan = planFor({ wanted: [wanted(built)], renewals: { [BUILT]: { up: 2, cause: '', first: true } } })
  expect(plan.steps.map(({ action }) => action.do)).toEqual(['startReplica', 'awaitReady'])
})

test('init and side containers need their images too', () => {
  const web = aRevision(
    aComponent('web')
      .initially(aContainer('wait', { image: { from: 'registry', ref: 'a' } }))
      .beside(aContainer('log', { image: { from: 'registry', ref: 'b' } })),
    '7f3',
  )
  expect(
    planFor({ wanted: [wanted(web)], capabilities })
      .steps.slice(0, 3)
      .map(({ key }) => key),
  ).toEqual(['pullImage a', 'pullImage web:1', 'pullImage b'])
})
