import { sameValue } from '../kernel/canonical-json.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import type { FileWatcher } from './ports.ts'

interface Watched {
  readonly applications: readonly string[]
  readonly paths: readonly string[]
  /** What is applied after a change: the last order. */
  order: ApplyOrder
  /** A path may have come or gone: where to listen has to be worked out again. */
  fired: boolean
  readonly handle: Disposable
}

/** Follows the files that applications came from, one watch per order; a new order for an application replaces its watch. */
export class ModelWatch {
  readonly #watcher: FileWatcher
  readonly #changed: (order: ApplyOrder) => void
  #watches: readonly Watched[] = []

  constructor(watcher: FileWatcher, changed: (order: ApplyOrder) => void) {
    this.#watcher = watcher
    this.#changed = changed
  }

  follow(applications: readonly string[], order: ApplyOrder, paths: readonly string[]): void {
    // A change re-applies what was asked for then, without what was meant for that one time.
    const again: ApplyOrder = { ...order, removeOrphans: false, build: false, scale: {} }
    const known = this.#watches.find((watch) => !watch.fired && sameValue([watch.applications, watch.paths], [applications, paths]))
    if (known !== undefined) {
      known.order = again
      return
    }
    this.#drop((watch) => watch.applications.some((name) => applications.includes(name)))
    const handle = this.#watcher.watch(paths, () => {
      made.fired = true
      this.#changed(made.order)
    })
    const made: Watched = { applications, paths, order: again, fired: false, handle }
    this.#watches = [...this.#watches, made]
  }

  /** Ends watches of which no application is left. */
  keep(applications: ReadonlySet<string>): void {
    this.#drop((watch) => !watch.applications.some((name) => applications.has(name)))
  }

  stop(): void {
    this.#drop(() => true)
  }

  #drop(condition: (watch: Watched) => boolean): void {
    for (const watch of this.#watches) if (condition(watch)) watch.handle[Symbol.dispose]()
    this.#watches = this.#watches.filter((watch) => !condition(watch))
  }
}
