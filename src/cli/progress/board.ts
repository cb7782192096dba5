import { formatDuration } from '../../kernel/duration.ts'
import type { Instant } from '../../kernel/instant.ts'
import type { Hold } from '../../model/step.ts'
import type { ImageRecord } from '../../wire/answers.ts'
import type { EventBody, EventOf } from '../../wire/events.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { firstLine } from '../render/first-line.ts'
import { describeHold } from '../render/holds.ts'
import { assessComponent } from '../up/assess.ts'
import { verbOf } from './verbs.ts'

export type LineState = 'waiting' | 'working' | 'done' | 'failed'

/** One resource and what happens to it. */
export interface Line {
  readonly name: string
  readonly text: string
  readonly state: LineState
  readonly startedAt: Instant
  /** When it was done or failed. */
  readonly endedAt?: Instant
}

export type BoardTitle = 'up' | 'down' | 'pull' | 'build'

/** What progress renderers show: one line per resource, kept up to date by events and corrected by views. */
export class ProgressBoard {
  readonly title: BoardTitle
  readonly #lines = new Map<string, Line>()
  readonly #components = new Set<string>()

  constructor(title: BoardTitle) {
    this.title = title
  }

  get lines(): readonly Line[] {
    return [...this.#lines.values()]
  }

  /** A component that is going to be applied or ended. */
  expect(name: string, at: Instant): void {
    this.#components.add(name)
    if (!this.#lines.has(name)) this.#lines.set(name, { name, text: 'Pending', state: 'waiting', startedAt: at })
  }

  /** Takes an event in; returns the lines that changed. */
  record(body: EventBody, at: Instant): readonly Line[] {
    switch (body.type) {
      case 'step.started':
        return body.group === undefined ? [] : this.#set(body.group, { text: verbOf(body.action).doing, state: 'working' }, at)
      case 'step.done':
        return body.group === undefined ? [] : this.#stepDone(body.group, body.action, at)
      case 'step.progress':
        return body.group === undefined ? [] : this.#set(body.group, { text: body.text, state: 'working' }, at)
      case 'step.failed':
        return body.group === undefined ? [] : this.#stepFailed(body.group, body, at)
      case 'replica.changed':
        return this.#replicaChanged(body, at)
      case 'component.unhealthy':
        return this.title === 'up' && this.#lines.get(body.component)?.state !== 'waiting'
          ? this.#known(body.component, { text: body.message, state: 'working' }, at)
          : []
      case 'plan.changed':
        return body.holds.flatMap((hold) => this.#waits(hold, at))
      default:
        return []
    }
  }

  /** Takes in what happens to an image; returns the lines that changed. */
  follow({ ref, state, text }: ImageRecord, at: Instant): readonly Line[] {
    if (state === 'failed') return this.#set(ref, { text: `Failed: ${firstLine(text)}`, state: 'failed' }, at)
    return this.#set(ref, { text: state === 'skipped' ? `Skipped: ${text}` : text, state: state === 'working' ? 'working' : 'done' }, at)
  }

  /** Corrects component lines by what the view says; returns the lines that changed. */
  correct(view: EnvironmentView | undefined, at: Instant): readonly Line[] {
    const components = new Map(
      view?.applications.flatMap((application) => application.components).map((component) => [String(component.key), component]),
    )
    return [...this.#components].flatMap((name) => {
      const component = components.get(name)
      if (this.title === 'down') return component === undefined ? this.#set(name, { text: 'Removed', state: 'done' }, at) : []
      if (component === undefined) return []
      const { state, why, brief } = assessComponent(component, at)
      if (state === 'failed') return this.#set(name, { text: capital(brief ?? why), state: 'failed' }, at)
      if (state === 'healthy' || state === 'completed') return this.#set(name, { text: capital(why), state: 'done' }, at)
      return []
    })
  }

  #stepDone(group: string, action: string, at: Instant): readonly Line[] {
    const isComponent = this.#components.has(group)
    return this.#set(group, { text: verbOf(action).done, state: isComponent ? 'working' : 'done' }, at)
  }

  #stepFailed(group: string, body: EventOf<'step.failed'>, at: Instant): readonly Line[] {
    if (body.bestEffort === true && !this.#components.has(group))
      return this.#set(group, { text: `Kept as it is: ${firstLine(body.fault.message)}`, state: 'done' }, at)
    const again = body.retryAt === undefined ? '' : `; again in ${formatDuration(Math.max(0, body.retryAt - at))}`
    const isFinal = body.fault.retry === 'never'
    return this.#set(group, { text: `Failed: ${firstLine(body.fault.message)}${again}`, state: isFinal ? 'failed' : 'working' }, at)
  }

  #replicaChanged(body: EventOf<'replica.changed'>, at: Instant): readonly Line[] {
    const detail = body.detail === undefined ? '' : `: ${body.detail}`
    if (body.phase === 'removed')
      return this.title === 'down' ? this.#known(body.component, { text: 'Removing', state: 'working' }, at) : []
    if (body.phase === 'exited') return this.#known(body.component, { text: `Exited${detail}`, state: 'working' }, at)
    return body.detail === undefined ? [] : this.#known(body.component, { text: `${capital(body.phase)}${detail}`, state: 'working' }, at)
  }

  /** A hold speaks only where nothing is under way. */
  #waits(hold: Hold, at: Instant): readonly Line[] {
    if (hold.reason === 'not-ready' || this.#lines.get(hold.subject)?.state !== 'waiting') return []
    // An image has a line of its own.
    const why = hold.reason === 'image' || hold.reason === 'renewal' ? 'waits for its image' : describeHold(hold, at)
    return this.#set(hold.subject, { text: capital(why), state: 'waiting' }, at)
  }

  #known(name: string, change: Pick<Line, 'text' | 'state'>, at: Instant): readonly Line[] {
    return this.#components.has(name) ? this.#set(name, change, at) : []
  }

  #set(name: string, change: Pick<Line, 'text' | 'state'>, at: Instant): readonly Line[] {
    const line = this.#lines.get(name)
    if (line?.text === change.text && line.state === change.state) return []
    const ended = change.state === 'done' || change.state === 'failed' ? { endedAt: line?.endedAt ?? at } : {}
    const next: Line = { name, ...change, startedAt: line?.startedAt ?? at, ...ended }
    this.#lines.set(name, next)
    return [next]
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
