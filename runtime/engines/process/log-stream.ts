import { closeSync, fstatSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs'
import { appendFile, copyFile, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { LogLine, LogStream as StreamName } from '../../../src/model/engine.ts'

/** A log file is cut off at this size; what it held stays beside it, once. */
const MAX_LOG_BYTES = 16 * 1024 * 1024
/** Points of the time index; above, every second one is dropped, so that old times are less precise. */
const MAX_POINTS = 4096

/** One file of output with the times its bytes were first seen at: `times[i]` for the bytes before `ends[i]`. */
export interface LogSegment {
  readonly path: string
  readonly times: readonly number[]
  readonly ends: readonly number[]
}

/** A byte of a stream: which file since the engine knows it, and where in it. */
export interface LogPosition {
  readonly generation: number
  readonly offset: number
}

export interface LogStreamPlace {
  readonly container: string
  readonly source: LogLine['source']
  readonly stream: StreamName
  readonly path: string
  readonly index: string
}

/** One output stream of a container: a growing file, a time index beside it, and readers that wait for more. */
export class LogStream {
  readonly place: LogStreamPlace
  /** Nobody writes at present: an unfinished last line is all there will be of it. */
  quiet = false
  /** The replica is gone. */
  closed = false
  generation = 0
  #times: number[] = []
  #ends: number[] = []
  #previous: LogSegment | undefined
  #rotating = false
  #saved: Promise<void> = Promise.resolve()
  readonly #waiting = new Set<() => void>()

  constructor(place: LogStreamPlace) {
    this.place = place
  }

  /** Takes up what an earlier engine left: the index, and the part of the file it has not seen. */
  async load(): Promise<void> {
    const current = await readIndex(this.place.index)
    this.#times = current.times
    this.#ends = current.ends
    if (sizeOf(`${this.place.path}.1`) > 0) {
      const { times, ends } = await readIndex(`${this.place.index}.1`)
      this.#previous = { path: `${this.place.path}.1`, times, ends }
    }
    const size = sizeOf(this.place.path)
    if (size < this.seen) this.#reset()
    if (size > this.seen) this.#note(instant(Math.round(statSync(this.place.path).mtimeMs)), size)
  }

  /** Bytes of the current file that were seen. */
  get seen(): number {
    return this.#ends.at(-1) ?? 0
  }

  /** The file of a generation; undefined when it is no longer kept. */
  segment(generation: number): LogSegment | undefined {
    if (generation === this.generation) return { path: this.place.path, times: this.#times, ends: this.#ends }
    return generation === this.generation - 1 ? this.#previous : undefined
  }

  /** Looks at the file; true when there is more than before. */
  poll(now: Instant): 'grew' | 'same' {
    const size = sizeOf(this.place.path)
    if (size < this.seen) this.#startAgain()
    if (size <= this.seen) return 'same'
    this.#note(now, size)
    this.wake()
    if (size > MAX_LOG_BYTES && !this.#rotating) void this.#rotate(now)
    return 'grew'
  }

  wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when there may be more to read, or at the signal. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Everything noted so far is on disk. */
  async flush(): Promise<void> {
    await this.#saved
  }

  #note(time: Instant, end: number): void {
    this.#times.push(time)
    this.#ends.push(end)
    if (this.#times.length > MAX_POINTS) {
      this.#times = this.#times.filter((_, index) => index % 2 === 1)
      this.#ends = this.#ends.filter((_, index) => index % 2 === 1)
      const text = this.#times.map((at, index) => `${at} ${this.#ends[index]}\n`).join('')
      this.#save(() => writeFile(this.place.index, text, { mode: 0o600 }))
    } else {
      this.#save(() => appendFile(this.place.index, `${time} ${end}\n`, { mode: 0o600 }))
    }
  }

  /** An index that cannot be written costs precision after a restart of the daemon, nothing else. */
  #save(write: () => Promise<void>): void {
    this.#saved = this.#saved.then(write).catch(() => {})
  }

  /** Somebody else emptied the file. */
  #startAgain(): void {
    this.generation++
    this.#previous = undefined
    this.#reset()
    this.wake()
  }

  #reset(): void {
    this.#times = []
    this.#ends = []
    this.#save(() => rm(this.place.index, { force: true }))
  }

  /** Copies the file aside and empties it: the writer appends, so it goes on at the beginning. */
  async #rotate(now: Instant): Promise<void> {
    this.#rotating = true
    const { path, index } = this.place
    try {
      await copyFile(path, `${path}.1`)
      const end = copyRest(path, `${path}.1`)
      truncateSync(path, 0)
      this.#previous = { path: `${path}.1`, times: [...this.#times, now], ends: [...this.#ends, end] }
      this.generation++
      this.#times = []
      this.#ends = []
      this.#save(() => rename(index, `${index}.1`))
      this.wake()
    } catch {
      // No room for the copy, or the replica is going: the file stays as it is and is tried again when it grows.
    } finally {
      this.#rotating = false
    }
  }
}

/** Brings over what arrived during the copy. Synchronous up to the truncation, so that next to nothing can be lost. */
function copyRest(from: string, to: string): number {
  const source = openSync(from, 'r')
  const target = openSync(to, 'a')
  try {
    let offset = fstatSync(target).size
    const buffer = Buffer.allocUnsafe(256 * 1024)
    for (
      let count = readSync(source, buffer, 0, buffer.length, offset);
      count > 0;
      count = readSync(source, buffer, 0, buffer.length, offset)
    ) {
      writeSync(target, buffer, 0, count)
      offset += count
    }
    return offset
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

async function readIndex(path: string): Promise<{ times: number[]; ends: number[] }> {
  const times: number[] = []
  const ends: number[] = []
  const text = await readFile(path, 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const [time, end] = line.split(' ').map(Number)
    if (time === undefined || end === undefined || !(end > (ends.at(-1) ?? 0))) continue
    times.push(time)
    ends.push(end)
  }
  return { times, ends }
}

/** When the byte was first seen. */
export function timeAt(segment: LogSegment, offset: number): Instant | undefined {
  let low = 0
  let high = segment.ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((segment.ends[middle] ?? 0) > offset) high = middle
    else low = middle + 1
  }
  const time = segment.times[low]
  return time === undefined ? undefined : instant(time)
}

/** Reads up to `length` bytes; empty at the end of the file or when there is none. */
export async function readAt(path: string, offset: number, length: number): Promise<Buffer> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
