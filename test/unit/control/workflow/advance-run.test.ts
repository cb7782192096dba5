import { describe, expect, test } from '@jest/globals'
import { advanceRun } from '../../../../src/control/workflow/advance-run.ts'
import { resumeRun, startRun, terminateRun, type WorkflowWorld } from '../../../../src/control/workflow/run.ts'
import { instant } from '../../../../src/kernel/instant.ts'
import type { ComponentSource } from '../../../../src/model/component.ts'
import { componentKey } from '../../../../src/model/names.ts'
import type { StepRun, StepWork, Workflow, WorkflowRun, WorkflowStep } from '../../../../src/model/workflow.ts'

const origin = { file: 'app.yaml', doc: 0, path: [] }
const t = instant

function component(name: string, parts: Partial<ComponentSource> = {}): ComponentSource {
  const type = { type: 'webservice', params: {}, origin }
  return {
    key: componentKey('default', name),
    name,
    namespace: 'default',
    app: 'shop',
    type,
    traits: [],
    local: [],
    needs: [],
    inputs: [],
    outputs: [],
    labels: {},
    annotations: {},
    origin,
    ...parts,
  }
}

function step(name: string, work: StepWork, parts: Partial<WorkflowStep> = {}): WorkflowStep {
  return { name, type: work.do, work, dependsOn: [], inputs: [], outputs: [], origin, ...parts }
}

function apply(name: string, parts: Partial<WorkflowStep> = {}, components = [component(name)]): WorkflowStep {
  return step(name, { do: 'apply', components, parallelism: 5, approve: 'none' }, parts)
}

/** A world in which a component is healthy once the test says so. */
class World implements WorkflowWorld {
  readonly app = 'shop'
  readonly namespace = 'default'
  readonly applied: string[] = []
  readonly inputs: unknown[] = []
  readonly notes: string[] = []
  readonly #healthy = new Set<string>()
  failWith: string | undefined

  heal(...names: readonly string[]): void {
    for (const name of names) this.#healthy.add(name)
  }
  healthy(key: string): boolean | undefined {
    return this.applied.includes(key) ? this.#healthy.has(key) : undefined
  }
  apply(source: ComponentSource, inputs: Readonly<Record<string, unknown>>): string | undefined {
    if (this.failWith !== undefined) return this.failWith
    this.applied.push(source.key)
    this.inputs.push(inputs)
    return undefined
  }
  rendered(key: string) {
    return { output: { metadata: { name: key }, status: { readyReplicas: 1 } }, outputs: {} }
  }
  notify(_step: WorkflowStep, _channels: readonly string[], message: string): void {
    this.notes.push(message)
  }
}

const workflow = (mode: Workflow['mode'], ...steps: readonly WorkflowStep[]): Workflow => ({ generated: false, mode, steps })
const phases = (run: WorkflowRun): string =>
  run.steps
    .map(
      (item: StepRun) =>
        `${item.name}:${item.phase}${item.steps.length > 0 ? `(${item.steps.map((child) => `${child.name}:${child.phase}`).join(' ')})` : ''}`,
    )
    .join(' ')

function walk(flow: Workflow, world: World, now = t(0), run = startRun('shop', 1, flow, t(0))): { run: WorkflowRun; wakeAt?: number } {
  return advanceRun(run, flow, world, now)
}

describe('order', () => {
  test('step by step waits for each step to be healthy', () => {
    const world = new World()
    const flow = workflow('StepByStep', apply('a'), apply('b'))
    const first = walk(flow, world)
    expect([phases(first.run), world.applied.join()]).toEqual(['a:running b:pending', 'a'])
    world.heal('a')
    const second = walk(flow, world, t(1), first.run)
    expect([phases(second.run), world.applied.join()]).toEqual(['a:succeeded b:running', 'a,b'])
    world.heal('b')
    expect(walk(flow, world, t(2), second.run).run).toMatchObject({ status: 'succeeded', endedAt: 2 })
  })

  test('a DAG starts everything that waits for nothing', () => {
    const world = new World()
    const flow = workflow('DAG', apply('a'), apply('b', { dependsOn: ['a'] }), apply('c'))
    const { run } = walk(flow, world)
    expect([phases(run), world.applied.join()]).toEqual(['a:running b:pending c:running', 'a,c'])
  })

  test('one deploy step respects needs and parallelism', () => {
    const world = new World()
    const need = { on: componentKey('default', 'a'), until: 'ready' as const, origin }
    const components = [component('b', { needs: [need] }), component('a'), component('c'), component('d')]
    const flow = workflow('StepByStep', step('deploy', { do: 'apply', components, parallelism: 2, approve: 'none' }))
    const { run } = walk(flow, world)
    expect(world.applied).toEqual(['a', 'c'])
    expect(run.steps[0]?.message).toBe('b: waits for a; wait healthy: a, c')
    world.heal('a')
    const next = walk(flow, world, t(1), run)
    expect(world.applied).toEqual(['a', 'c', 'b'])
    world.heal('b', 'c')
    walk(flow, world, t(2), next.run)
    expect(world.applied).toEqual(['a', 'c', 'b', 'd'])
  })
})

describe('failures and conditions', () => {
  test('after a failure everything is skipped but `if: always`', () => {
    const world = new World()
    world.failWith = 'cannot be resolved'
    const note = step('tell', { do: 'notify', channels: ['slack'], message: 'done' }, { if: 'status.a.failed' })
    const flow = workflow('StepByStep', apply('a'), apply('b'), note)
    const { run } = walk(flow, world)
    expect([phases(run), run.status, world.notes.join()]).toEqual(['a:failed b:skipped tell:succeeded', 'failed', 'done'])
  })

  test('a time-out fails the step, and says when to look again before', () => {
    const world = new World()
    const flow = workflow('StepByStep', apply('a', { timeoutMs: 1000 }))
    const first = walk(flow, world, t(500))
    expect(first.wakeAt).toBe(1500)
    const late = walk(flow, world, t(1500), first.run)
    expect(late.run.steps[0]).toMatchObject({ phase: 'failed', reason: 'Timeout' })
    expect(late.run.status).toBe('failed')
  })
})

describe('suspension', () => {
  test('a suspend step waits for the user', () => {
    const world = new World()
    const flow = workflow('StepByStep', step('gate', { do: 'suspend' }), apply('a'))
    const { run } = walk(flow, world)
    expect([phases(run), run.status]).toEqual(['gate:suspending a:pending', 'suspending'])
    const resumed = walk(flow, world, t(1), resumeRun(run, undefined))
    expect(phases(resumed.run)).toBe('gate:succeeded a:running')
  })

  test('a duration ends by itself', () => {
    const world = new World()
    const flow = workflow('StepByStep', step('gate', { do: 'suspend', durationMs: 5000 }))
    const first = walk(flow, world)
    expect(first.wakeAt).toBe(5000)
    expect(walk(flow, world, t(5000), first.run).run.status).toBe('succeeded')
  })

  test('deploy with auto: false applies nothing before it is resumed', () => {
    const world = new World()
    const flow = workflow('StepByStep', step('prod', { do: 'apply', components: [component('a')], parallelism: 5, approve: 'first' }))
    const { run } = walk(flow, world)
    expect([phases(run), world.applied.length]).toEqual(['prod:suspending', 0])
    walk(flow, world, t(1), resumeRun(run, 'prod'))
    expect(world.applied).toEqual(['a'])
  })

  test('a terminated run does nothing more', () => {
    const world = new World()
    const flow = workflow('StepByStep', step('gate', { do: 'suspend' }), apply('a'))
    const ended = terminateRun(walk(flow, world).run, t(3))
    expect([ended.status, phases(ended)]).toEqual(['terminated', 'gate:failed a:pending'])
    expect(walk(flow, world, t(4), ended).run).toBe(ended)
  })
})

describe('groups and data', () => {
  test('the steps of a group run in parallel and the group waits for all', () => {
    const world = new World()
    const flow = workflow('StepByStep', step('all', { do: 'group', mode: 'DAG', steps: [apply('a'), apply('b')] }), apply('c'))
    const { run } = walk(flow, world)
    expect(phases(run)).toBe('all:running(a:running b:running) c:pending')
    world.heal('a', 'b')
    expect(phases(walk(flow, world, t(1), run).run)).toBe('all:succeeded(a:succeeded b:succeeded) c:running')
  })

  test('an output becomes the input of a component that waits for it', () => {
    const world = new World()
    const producer = component('a', { outputs: [{ name: 'ready', valueFrom: 'output.status.readyReplicas', origin }] })
    const consumer = component('b', { inputs: [{ from: 'ready', to: ['properties', 'count'], origin }] })
    const flow = workflow('DAG', apply('a', {}, [producer]), apply('b', {}, [consumer]))
    const first = walk(flow, world)
    expect(world.applied).toEqual(['a'])
    world.heal('a')
    const next = walk(flow, world, t(1), first.run)
    expect([world.applied.join(), world.inputs[1], next.run.values]).toEqual(['a,b', { ready: 1 }, { ready: 1 }])
  })
})
