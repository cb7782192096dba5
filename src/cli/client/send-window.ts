import { SEND_WINDOW_BYTES } from '../../wire/answers.ts'

/** Keeps a sender from sending more than the daemon passes on, so that a slow reader at the far end slows it down. */
export class SendWindow {
  #outstanding = 0
  #closed = false
  #wake: () => void = () => {}

  /** Waits until there is room, and counts the bytes as sent; false once nothing is to be sent any more. */
  async take(bytes: number): Promise<boolean> {
    while (this.#outstanding >= SEND_WINDOW_BYTES && !this.#closed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#outstanding += bytes
    return !this.#closed
  }

  /** The daemon has passed bytes on. */
  give(bytes: number): void {
    this.#outstanding -= bytes
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }
}
