import type { Clock } from '../kernel/clock.ts'
import { faultOf } from '../kernel/fault.ts'
import { after } from '../kernel/instant.ts'
import type { Engine, Owner } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import type { Probe, ProbeKind } from '../model/probe.ts'
import type { Input } from './input.ts'
import { judge } from './readiness.ts'
import type { ControlState } from './state.ts'

interface Asked {
  readonly replica: ReplicaId
  readonly container: string
  readonly kind: ProbeKind
  readonly epoch: number
  readonly probe: Probe
}

export interface ExecProbePorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly clock: Clock
  readonly post: (input: Input) => void
  /** Hides values of secrets in what a probe printed. */
  readonly shade: (text: string) => string
}

/** Characters of a probe's output that are shown; more are kept, so that no value of a secret is cut before it is hidden. */
const SHOWN_OUTPUT = 200
const KEPT_OUTPUT = 4000

/** Asks exec probes through the engine, as long as the control core lists them; all other probes are the edge's. */
export class ExecProbes {
  readonly #ports: ExecProbePorts
  readonly #loops = new Map<string, AbortController>()

  constructor(ports: ExecProbePorts) {
    this.#ports = ports
  }

  /** Starts and ends loops so that they match the state; called after each pass. */
  follow(state: ControlState): void {
    const { engine } = this.#ports
    if (engine.exec === undefined) return
    const wanted = new Map<string, Asked>()
    for (const [replica, health] of judge(state).of) {
      for (const item of health.active) {
        if (item.probe.action.by === 'exec') wanted.set(`${replica}/${item.container}/${item.kind}/${item.epoch}`, { replica, ...item })
      }
    }
    for (const [key, loop] of this.#loops) {
      if (wanted.has(key)) continue
      loop.abort(new DOMException('no longer asked', 'AbortError'))
      this.#loops.delete(key)
    }
    for (const [key, asked] of wanted) {
      if (this.#loops.has(key)) continue
      const loop = new AbortController()
      this.#loops.set(key, loop)
      void this.#ask(asked, loop.signal)
    }
  }

  stop(): void {
    for (const loop of this.#loops.values()) loop.abort(new DOMException('the daemon stops', 'AbortError'))
    this.#loops.clear()
  }

  async #ask(asked: Asked, signal: AbortSignal): Promise<void> {
    const { clock, post } = this.#ports
    const { probe, ...rest } = asked
    let last: boolean | undefined
    let repeated = 0
    try {
      await clock.sleep(probe.delayMs, signal)
      while (!signal.aborted) {
        const due = after(clock.now(), probe.everyMs)
        const { ok, detail } = await this.#once(asked, signal)
        if (signal.aborted) return
        repeated = ok === last ? repeated + 1 : 1
        last = ok
        const { replica, container, kind, epoch } = rest
        if (repeated === 1 || repeated === (ok ? probe.successes : probe.failures)) {
          post({ type: 'probe', replica, container, kind, epoch, ok, detail, repeated })
        }
        await clock.sleep(Math.max(0, due - clock.now()), signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #once(asked: Asked, signal: AbortSignal): Promise<{ readonly ok: boolean; readonly detail: string }> {
    const { engine, owner, clock, shade } = this.#ports
    const { action, timeoutMs } = asked.probe
    if (action.by !== 'exec' || engine.exec === undefined) return { ok: false, detail: 'not an exec probe' }
    const limit = new AbortController()
    const timer = clock.at(after(clock.now(), timeoutMs), () => limit.abort(new DOMException('time-out', 'TimeoutError')))
    try {
      const session = await engine.exec.exec(
        { owner, id: asked.replica },
        { container: asked.container, command: action.command },
        AbortSignal.any([signal, limit.signal]),
      )
      let output = ''
      const reading = (async () => {
        for await (const { data } of session.output) output = `${output}${new TextDecoder().decode(data)}`.slice(-KEPT_OUTPUT)
      })()
      const code = await session.exitCode
      await reading.catch(() => {})
      if (limit.signal.aborted) return { ok: false, detail: `no answer within ${timeoutMs} ms` }
      return { ok: code === 0, detail: code === 0 ? 'exit code 0' : `exit code ${code}: ${shade(output.trim()).slice(-SHOWN_OUTPUT)}` }
    } catch (error) {
      return { ok: false, detail: limit.signal.aborted ? `no answer within ${timeoutMs} ms` : shade(faultOf(error).message) }
    } finally {
      timer[Symbol.dispose]()
    }
  }
}
