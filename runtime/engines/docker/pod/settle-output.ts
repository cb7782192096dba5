import type { Duplex } from 'node:stream'
import type { Clock } from '../../../../src/kernel/clock.ts'
import type { Millis } from '../../../../src/kernel/instant.ts'

const LOOK_EVERY: Millis = 1000

/**
 * Closes the stream of a container that is over, once nothing comes any more: Podman may leave it open when the container is removed.
 * Output that waits for a slow reader is not cut off.
 */
export async function settleOutput(clock: Clock, stream: Duplex): Promise<void> {
  let seen = -1
  while (!stream.destroyed && !stream.readableEnded) {
    const read = 'bytesRead' in stream ? Number(stream.bytesRead) : 0
    if (read === seen && !stream.isPaused()) {
      stream.destroy()
      return
    }
    seen = read
    await clock.sleep(LOOK_EVERY)
  }
}
