interface Line {
  /** Settles when everything that was asked for alone is done. */
  all: Promise<unknown>
  /** The last work of each lane since then. */
  lanes: Map<string, Promise<unknown>>
  waiting: number
}

/** Changes of one replica in order: a start, stop or removal is alone, restarts of different containers go side by side. */
export class Turns {
  readonly #lines = new Map<string, Line>()
  #holds = 0

  /** After everything that was asked for before, and before everything that is asked for later. */
  alone<T>(replica: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lineOf(replica)
    const before = Promise.all([line.all, ...line.lanes.values()])
    line.lanes = new Map()
    const run = this.#run(replica, line, { before, work })
    line.all = run.catch(() => {})
    return run
  }

  /** After the last work alone and after the last one of the same lane. */
  beside<T>(replica: string, lane: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lineOf(replica)
    const before = Promise.all([line.all, line.lanes.get(lane)])
    const run = this.#run(replica, line, { before, work })
    line.lanes.set(
      lane,
      run.catch(() => {}),
    )
    return run
  }

  /** Keeps work alone that is asked for later from beginning until the returned function is called. */
  hold(replica: string): () => void {
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    void this.beside(replica, `hold ${this.#holds++}`, () => held)
    return release
  }

  #lineOf(replica: string): Line {
    const line = this.#lines.get(replica) ?? { all: Promise.resolve(), lanes: new Map(), waiting: 0 }
    this.#lines.set(replica, line)
    return line
  }

  async #run<T>(replica: string, line: Line, turn: { readonly before: Promise<unknown>; readonly work: () => Promise<T> }): Promise<T> {
    line.waiting++
    try {
      await turn.before
      return await turn.work()
    } finally {
      line.waiting--
      if (line.waiting === 0) this.#lines.delete(replica)
    }
  }
}
