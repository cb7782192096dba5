import { closeSync, openSync, readSync } from 'node:fs'
import type { Clock } from '../../../../../src/kernel/clock.ts'
import type { CgroupFiles } from './cgroup-place.ts'
import type { Meter, Usage } from './meter.ts'

/** Shared by all meters: a reading is over before the next one begins. The longest file, `memory.stat`, has less than 3 KB. */
const buffer = Buffer.alloc(8 * 1024)

/** Reads the kernel's files. They stay open: opening them costs ten times what reading them does. */
export class CgroupMeter implements Meter {
  readonly #clock: Clock
  readonly #version: CgroupFiles['version']
  readonly #descriptors: number[] = []

  /** Throws when a file cannot be opened. */
  constructor(files: CgroupFiles, clock: Clock) {
    this.#clock = clock
    this.#version = files.version
    try {
      for (const path of [files.cpu, files.memory, files.memoryStat]) this.#descriptors.push(openSync(path, 'r'))
    } catch (error) {
      this.close()
      throw error
    }
  }

  async read(): Promise<Usage | undefined> {
    const [cpu, memory, memoryStat] = this.#descriptors
    if (cpu === undefined || memory === undefined || memoryStat === undefined) return undefined
    try {
      const old = this.#version === 1
      const cpuNanos = old ? numberIn(cpu) : numberIn(cpu, 'usage_usec ') * 1000
      const bytes = numberIn(memory)
      // Source: docker CLI, calculateMemUsageUnixNoCache.
      const files = numberIn(memoryStat, old ? 'total_inactive_file ' : 'inactive_file ')
      return { at: this.#clock.now(), cpuNanos, memoryBytes: files < bytes ? bytes - files : bytes }
    } catch {
      // The kernel refuses the files of a group that is gone.
      return undefined
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor)
  }
}

/** The number at the beginning of a file, or after a word at the beginning of a line; 0 when the word is not there. */
function numberIn(descriptor: number, word = ''): number {
  const length = readSync(descriptor, buffer, 0, buffer.length, 0)
  let place = 0
  if (word !== '') {
    for (place = buffer.indexOf(word); place > 0 && buffer[place - 1] !== NEWLINE; place = buffer.indexOf(word, place + 1));
    if (place < 0 || place >= length) return 0
    place += word.length
  }
  let value = 0
  for (; place < length; place++) {
    const digit = (buffer[place] ?? 0) - ZERO
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}

const NEWLINE = 0x0a
const ZERO = 0x30
