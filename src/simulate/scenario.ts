import type { Fault } from '../kernel/fault.ts'
import type { Millis } from '../kernel/instant.ts'
import type { BuildOrder, LogStream } from '../model/engine.ts'
import type { ComponentKey, RevisionId } from '../model/names.ts'
import type { ProbeAction, ProbeKind } from '../model/probe.ts'

/** Which start of which container a scenario is asked about. */
export interface Start {
  readonly component: ComponentKey
  readonly revision: RevisionId
  readonly ordinal: number
  readonly container: string
  /** How often the container was started before in this replica. */
  readonly restarts: number
}

/** How one start of a container behaves; everything absent is immediate and goes well. */
export interface Script {
  /** Until the container runs. */
  readonly startMs?: Millis
  /** The start fails (of the whole replica) after `startMs`. */
  readonly failsToStart?: Fault
  /** Counted from the start: until probes are answered well and requests are accepted. */
  readonly readyMs?: Millis
  /** The container ends by itself; an init container that says nothing ends at once with 0. */
  readonly exits?: { readonly afterMs: Millis; readonly code: number } | 'never'
  /** Output, counted from the start. */
  readonly says?: readonly { readonly afterMs: Millis; readonly text: string; readonly stream?: LogStream }[]
  /** From SIGTERM to the end; `never` means until it is killed. */
  readonly stopMs?: Millis | 'never'
  /** Exit code after SIGTERM: 143 when absent. */
  readonly stopCode?: number
  /** How long a request takes. */
  readonly responseMs?: Millis
  /** Status of answers: 200 when absent. */
  readonly status?: number
  /** Answers a probe in place of `readyMs`. */
  readonly probe?: (ask: ProbeQuestion) => { readonly ok: boolean; readonly detail: string }
  /** Answers a command, which may read all of its input; without it every command ends with 0 and says nothing. */
  readonly exec?: (command: readonly string[], input: () => Promise<string>) => ExecAnswer | Promise<ExecAnswer>
}

export interface ProbeQuestion {
  readonly kind: ProbeKind
  readonly action: ProbeAction
  /** Since the container was last started. */
  readonly ranMs: Millis
}

export interface ExecAnswer {
  readonly code: number
  readonly stdout?: string
  readonly stderr?: string
  /** How long the command runs. */
  readonly afterMs?: Millis
}

/** What a scenario says about images; asked anew each time. */
export interface ImageScript {
  /** What a pull brings: the id of the image, or the fault that it ends with. Without it an id of its own. */
  readonly pull?: (ref: string) => string | Fault
  /** The same of a build. */
  readonly build?: (order: BuildOrder) => string | Fault
  /** How long each of them takes. */
  readonly tookMs?: Millis
}

/** Scenarios by component, or one function for all; asked anew at each start of a container. */
export type Behaviour = Readonly<Record<string, Script | ((start: Start) => Script)>> | ((start: Start) => Script)

export function scriptFor(behaviour: Behaviour, start: Start): Script {
  if (typeof behaviour === 'function') return behaviour(start)
  const script = behaviour[start.component]
  return typeof script === 'function' ? script(start) : (script ?? {})
}
