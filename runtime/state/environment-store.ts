import { mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { EnvironmentStore } from '../../src/control/ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { InternalError } from '../../src/kernel/fault.ts'
import { formatInstant } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { isEnvironmentName } from '../../src/wire/discovery.ts'
import type { Envelope } from '../../src/wire/events.ts'
import { type CappedFile, createCappedFile } from './capped-file.ts'
import { isMissing, readJson, writeJson } from './json-file.ts'

/** Layout of `state.json`; what is inside `state` is the control core's. */
const stateFile = z.object({ v: z.literal(1), state: z.unknown() }).strict()

/** Half of what an event file may take, because a full one is kept beside its successor. */
const EVENT_FILE_BYTES = 16 * 1024 * 1024
const EVENT_DELAY_MS = 100
/** Event files of earlier runs that stay, the newest ones. */
const KEPT_RUNS = 10

export interface EnvironmentStoreOptions {
  /** The `environments` folder of the state directory. */
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Tells this run's event files from those of other daemons. */
  readonly instance: string
  readonly maxEventBytes?: number
}

/** The store on disk, with what the life cycle needs at its end. */
export interface FileEnvironmentStore extends EnvironmentStore {
  /** Resolves when all that was saved and recorded is in the files. */
  flush(): Promise<void>
  flushNow(): void
}

export function createEnvironmentStore(options: EnvironmentStoreOptions): FileEnvironmentStore {
  const { folder, clock, logger } = options
  const saves = new Map<string, Save>()
  const events = new Map<string, CappedFile>()
  const run = `${formatInstant(clock.now()).replaceAll(/[-:]|\.\d+/g, '')}-${options.instance.slice(0, 8)}`

  const folderOf = (environment: string): string => {
    if (!isEnvironmentName(environment)) throw new InternalError(`"${environment}" is not the name of an environment`)
    return join(folder, environment)
  }
  const saveOf = (environment: string): Save => {
    const known = saves.get(environment)
    if (known !== undefined) return known
    const path = folderOf(environment)
    const save = createSave(async (state) => {
      await mkdir(path, { recursive: true, mode: 0o700 })
      await writeJson(join(path, 'state.json'), { v: 1, state })
    })
    saves.set(environment, save)
    return save
  }
  const eventsOf = (environment: string): CappedFile => {
    const known = events.get(environment)
    if (known !== undefined) return known
    const eventFolder = join(folderOf(environment), 'events')
    const onError = (error: unknown): void => logger.log('warn', 'events could not be written', { environment, error: String(error) })
    const maxBytes = options.maxEventBytes ?? EVENT_FILE_BYTES
    const file = createCappedFile({ path: join(eventFolder, `${run}.ndjson`), maxBytes, clock, delayMs: EVENT_DELAY_MS, onError })
    events.set(environment, file)
    void prune(eventFolder).catch(onError)
    return file
  }

  return {
    async names() {
      const entries = await readdir(folder, { withFileTypes: true }).catch(emptyWhenMissing)
      const found: string[] = []
      for (const entry of entries) {
        if (!entry.isDirectory() || !isEnvironmentName(entry.name)) continue
        const files: readonly string[] = await readdir(join(folder, entry.name)).catch(emptyWhenMissing)
        if (files.includes('state.json')) found.push(entry.name)
      }
      return found.sort()
    },
    async load(environment) {
      await saves.get(environment)?.settled()
      const read = await readJson(join(folderOf(environment), 'state.json'), (value) => stateFile.safeParse(value).data)
      if (read.found === 'value') return read.value.state
      if (read.found === 'unusable')
        logger.log('warn', 'the state of an environment is broken or of an unknown version and was set aside', {
          environment,
          file: read.setAside,
        })
      return undefined
    },
    async save(environment, state) {
      await saveOf(environment).write(state)
    },
    async remove(environment) {
      const path = folderOf(environment)
      await saves.get(environment)?.settled()
      await events.get(environment)?.flush()
      events.delete(environment)
      await rm(join(path, 'state.json'), { force: true })
      await rm(join(path, 'events'), { recursive: true, force: true })
      await rmdir(path).catch(() => {})
    },
    record(environment: string, envelope: Envelope) {
      eventsOf(environment).append(JSON.stringify(envelope))
    },
    async flush() {
      await Promise.all([...saves.values()].map((save) => save.settled()))
      await Promise.all([...events.values()].map((file) => file.flush()))
    },
    flushNow() {
      for (const file of events.values()) file.flushNow()
    },
  }
}

interface Save {
  /** Resolves when this state or a later one is in the file. */
  write(state: unknown): Promise<void>
  settled(): Promise<void>
}

/** One write at a time; of the states that arrive meanwhile only the last is written. */
function createSave(put: (state: unknown) => Promise<void>): Save {
  let running: Promise<void> = Promise.resolve()
  let next: { state: unknown; readonly done: Promise<void> } | undefined

  return {
    write(state) {
      if (next !== undefined) {
        next.state = state
        return next.done
      }
      const putNext = (): Promise<void> => {
        const latest = next?.state
        next = undefined
        return put(latest)
      }
      const done = running.then(putNext, putNext)
      next = { state, done }
      running = done
      return done
    },
    settled: () => running.catch(() => {}),
  }
}

async function prune(eventFolder: string): Promise<void> {
  const files = (await readdir(eventFolder).catch(emptyWhenMissing)).filter((name) => name.includes('.ndjson'))
  const runs = [...new Set(files.map((name) => name.replace(/\.ndjson.*$/, '')))].sort()
  const old = new Set(runs.slice(0, Math.max(0, runs.length - KEPT_RUNS)))
  for (const name of files) if (old.has(name.replace(/\.ndjson.*$/, ''))) await rm(join(eventFolder, name), { force: true })
}

function emptyWhenMissing(error: unknown): never[] {
  if (isMissing(error)) return []
  throw error
}
