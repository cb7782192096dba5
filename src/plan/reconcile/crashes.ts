import { after } from '../../kernel/instant.ts'
import type { DesiredRevision } from '../../model/desired.ts'
import type { ObservedContainer, ObservedReplica } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { crashBackOff } from './back-off.ts'
import { countedRestarts, ranSteadily } from './crash-history.ts'
import type { PlanDraft, StepWish } from './plan-draft.ts'
import { stepKey } from './step-keys.ts'

/** Containers of a replica that ended or that a probe gave up on are started again in place, each with its own back-off. */
export function planContainerRestarts(draft: PlanDraft, wanted: DesiredRevision, replica: ObservedReplica): readonly StepKey[] {
  const failing = new Map((draft.context.failing.get(replica.id) ?? []).map(({ container, why }) => [container, why]))
  const keys: (StepKey | undefined)[] = []
  for (const container of replica.containers) {
    if (container.role === 'init') continue
    const why =
      container.state === 'exited' ? describeExit(container) : container.state === 'running' ? failing.get(container.name) : undefined
    if (why !== undefined) keys.push(planRestart(draft, { wanted, replica, container, why }))
  }
  return keys.filter((key) => key !== undefined)
}

/** `exited 1`, `killed by SIGKILL`. */
function describeExit(container: ObservedContainer): string {
  if (container.signal !== undefined) return `killed by ${container.signal}`
  return container.exitCode === undefined ? 'ended' : `exited ${container.exitCode}`
}

interface Restart {
  readonly wanted: DesiredRevision
  readonly replica: ObservedReplica
  readonly container: ObservedContainer
  readonly why: string
}

function planRestart(draft: PlanDraft, restart: Restart): StepKey | undefined {
  const { replica, container, why } = restart
  const { now, crashes, inFlight } = draft.context
  const wish = restartWish(restart)
  const counted = countedRestarts(crashes, replica.id, container)
  // A container that still runs is ended only when it may start again, so its back-off counts from its last start.
  const since = container.state === 'exited' ? container.since : (container.startedAt ?? container.since)
  const until = after(since, ranSteadily(container, now) ? 0 : crashBackOff(counted))
  const key = stepKey(wish.action, wish.fingerprint)
  if (until <= now || inFlight.has(key)) return draft.add(wish)
  const what = `${replica.id}/${container.name} ${why} (${container.restarts} ${container.restarts === 1 ? 'restart' : 'restarts'})`
  return draft.block(key, { subject: replica.component, reason: 'crash-backoff', on: [what], until })
}

function restartWish({ wanted, replica, container, why }: Restart): StepWish {
  const { pod } = wanted.revision.spec
  const rest = { fingerprint: `restart ${container.restarts + 1}`, cause: why, group: replica.component }
  // A container that the pod does not list was put beside it by a sidecar definition.
  if (!pod.containers.some(({ name }) => name === container.name)) {
    return { action: { do: 'restartSidecar', replica: replica.id, sidecar: container.name }, ...rest }
  }
  const action = {
    do: 'restartApp',
    replica: replica.id,
    container: container.name,
    token: replica.restartToken,
    graceMs: pod.graceMs,
  } as const
  return { action, ...rest }
}
