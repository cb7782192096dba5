import type { Readable } from 'node:stream'
import type { ReplicaRef } from '../../../../src/model/engine.ts'
import { ours } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { isAway, toFault } from '../faults.ts'
import { LABELS } from '../labels.ts'
import { openStream, readStream } from './open-stream.ts'

/** Pause before an engine that went away is asked again. */
export const RECONNECT_MS = 1000

/** Podman says `remove` where Docker says `destroy`. */
const EVENTS = ['start', 'destroy', 'remove']

/** Says once at the beginning, and whenever containers of a replica were started or removed, that there is a reason to look. */
export async function* containerChanges(context: DockerContext, of: ReplicaRef, signal: AbortSignal): AsyncGenerator<void> {
  const { label } = ours(context, of.owner, 'pod')
  const filters = { type: ['container'], event: EVENTS, label: [...label, `${LABELS.replica}=${of.id}`] }
  while (!signal.aborted) {
    try {
      const open = (opening: AbortSignal): Promise<Readable> =>
        context.docker.getEvents({ filters, abortSignal: opening } as object) as Promise<Readable>
      const events = await openStream(open, signal)
      yield
      for await (const _event of readStream(events, signal)) yield
    } catch (error) {
      if (signal.aborted) return
      const fault = toFault(error, `watch replica ${of.id}`)
      if (!isAway(fault)) throw fault
    }
    await context.clock.sleep(RECONNECT_MS, signal).catch(() => {})
  }
}
