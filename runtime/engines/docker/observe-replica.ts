import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import type { ObservedContainer, ObservedReplica } from '../../../src/model/observed.ts'
import type { ContainerFacts } from './container-facts.ts'
import { signalOf } from './exit-signal.ts'
import type { MemberLabel } from './labels.ts'
import type { PodRecord } from './pod-record.ts'
import { type SandboxRecord, whyCutOff } from './sandbox-record.ts'

/** One container of a replica: one run, as a restart makes another container. */
export interface SeenContainer {
  readonly id: string
  readonly record: PodRecord
  readonly facts: ContainerFacts
  /** Id of the sandbox that it joined. */
  readonly joined: string
}

/** What an observation needs besides the containers of the replica. */
export interface ReplicaSurroundings {
  readonly sandboxes: ReadonlyMap<string, SandboxRecord>
  /** When something without a time of its own was noticed first. */
  readonly noticed: (what: string) => Instant
  /** Highest count of restarts that was ever seen of a container: one that was removed from outside does not lower it. */
  readonly restartsOf: (replica: ReplicaId, container: string, seen: number) => number
}

/** A replica as it is, from its containers: the newest run of each counts. */
export function observeReplica(seen: readonly SeenContainer[], around: ReplicaSurroundings): ObservedReplica | undefined {
  const runs = newestRuns(seen)
  const newest = runs.find(({ record }) => record.role !== 'init') ?? runs[0]
  if (newest === undefined) return undefined
  const { record } = newest
  const notes: string[] = []
  const init = runs.filter((run) => run.record.role === 'init')
  const main = runs.filter((run) => run.record.role !== 'init')
  const isStarted = main.some(({ facts }) => facts.state !== 'created')
  const members = isStarted ? record.members : []
  const missing = members.filter(({ name }) => !main.some((run) => run.record.container === name))
  const containers = [
    ...init.map((run) => observeContainer(run, around)),
    ...main.map((run) => {
      const why = isAlive(run) ? whyCutOff(around.sandboxes.get(run.joined), run.facts) : undefined
      if (why === undefined) return observeContainer(run, around)
      if (!notes.includes(why)) notes.push(why)
      return cutOff(run, around)
    }),
    ...missing.map((member) => {
      notes.push(`container ${member.name} was removed from the engine`)
      return gone(member, record, around)
    }),
  ]
  for (const { name, exitCode } of isStarted ? [] : containers)
    if (exitCode !== undefined && exitCode !== 0) notes.push(`init container ${name} ended with exit code ${exitCode}`)
  for (const run of main)
    if (run.facts.outOfMemory && !isAlive(run)) notes.push(`container ${run.record.container} used more memory than its limit`)
  const staying = containers.filter(({ role }) => role !== 'init')
  const phase = phaseOf(staying, isStarted)
  const address = around.sandboxes.get(newest.joined)?.address
  return {
    id: record.replica,
    app: record.app,
    component: record.component,
    revision: record.revision,
    ordinal: record.ordinal,
    phase,
    since: sinceOf(phase, staying, runs),
    // All containers carry the token when all of them were restarted.
    restartToken: Math.min(...(main.length === 0 ? runs : main).map((run) => run.record.restartToken)),
    pushToken: Math.min(...(main.length === 0 ? runs : main).map((run) => run.record.pushToken)),
    frozen: main.some(isPaused) && main.every((run) => isPaused(run) || !isAlive(run)),
    containers: containers.sort((left, right) => place(left, record) - place(right, record)),
    ...(address === undefined ? {} : { address }),
    ...(notes.length === 0 ? {} : { unhealthy: notes.join('; ') }),
  }
}

/** By container, the newest run that was ever started; one that only was created counts where there is no other. */
function newestRuns(seen: readonly SeenContainer[]): readonly SeenContainer[] {
  const newest = new Map<string, SeenContainer>()
  const rank = (run: SeenContainer): number => (run.facts.state === 'created' ? 0 : run.record.restarts + 1)
  for (const run of seen) {
    const known = newest.get(run.record.container)
    if (known === undefined || rank(run) > rank(known)) newest.set(run.record.container, run)
  }
  return [...newest.values()]
}

function observeContainer({ id, record, facts }: SeenContainer, around: ReplicaSurroundings): ObservedContainer {
  const { container: name, role } = record
  const base = { name, role, restarts: around.restartsOf(record.replica, name, record.restarts), handle: id.slice(0, 12) }
  const { state, startedAt, createdAt } = facts
  if (state === 'created' || startedAt === undefined) return { ...base, state: 'waiting', since: createdAt }
  if (state !== 'exited') return { ...base, state: 'running', startedAt, since: startedAt }
  const signal = signalOf(facts.exitCode)
  return {
    ...base,
    state: 'exited',
    startedAt,
    since: facts.endedAt ?? around.noticed(id),
    exitCode: facts.exitCode,
    ...(signal === undefined ? {} : { signal }),
  }
}

/** It may still run, but nobody can reach it: only another one can be on the network again. */
function cutOff(run: SeenContainer, around: ReplicaSurroundings): ObservedContainer {
  const startedAt = run.facts.startedAt ?? run.facts.createdAt
  const lost = around.noticed(run.id)
  const { exitCode: _code, signal: _signal, ...rest } = observeContainer(run, around)
  return { ...rest, state: 'exited', startedAt, since: instant(Math.max(startedAt, lost)) }
}

/** A container of a replica that was started, and that somebody removed. */
function gone({ name, role }: MemberLabel, record: PodRecord, around: ReplicaSurroundings): ObservedContainer {
  const since = around.noticed(`${record.replica} ${name}`)
  return { name, role, state: 'exited', startedAt: since, since, restarts: around.restartsOf(record.replica, name, 0) }
}

/** Started means that each container was: a start that was interrupted half-way is finished by starting again. */
function phaseOf(staying: readonly ObservedContainer[], isStarted: boolean): ObservedReplica['phase'] {
  if (!isStarted || staying.some(({ state }) => state === 'waiting')) return 'starting'
  return staying.every(({ state }) => state === 'exited') ? 'exited' : 'running'
}

function sinceOf(phase: ObservedReplica['phase'], staying: readonly ObservedContainer[], runs: readonly SeenContainer[]): Instant {
  switch (phase) {
    case 'exited':
      return instant(Math.max(...staying.map(({ since }) => since)))
    case 'running':
      return instant(Math.max(...staying.map(({ startedAt }) => startedAt ?? 0)))
    default:
      return instant(Math.min(...runs.map(({ facts }) => facts.createdAt)))
  }
}

function isAlive({ facts }: SeenContainer): boolean {
  return facts.state === 'running' || facts.state === 'paused'
}

function isPaused({ facts }: SeenContainer): boolean {
  return facts.state === 'paused'
}

/** Init containers first in the order of their start, then the members as the pod lists them. */
function place({ name, role, startedAt, since }: ObservedContainer, { members }: PodRecord): number {
  if (role === 'init') return (startedAt ?? since) - 1e15
  return members.findIndex((member) => member.name === name)
}
