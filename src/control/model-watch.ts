import type { ApplyOrder } from '../wire/requests.ts'
import type { FileWatcher } from './ports.ts'

interface Watched {
  readonly applications: readonly string[]
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
    this.#drop((watch) => watch.applications.some((name) => applications.includes(name)))
    // A change re-applies what was asked for then, without what was meant for that one time.
    const again: ApplyOrder = { ...order, removeOrphans: false, build: false, scale: {} }
    this.#watches = [...this.#watches, { applications, handle: this.#watcher.watch(paths, () => this.#changed(again)) }]
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
