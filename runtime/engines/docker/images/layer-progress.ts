import type { EngineMessage } from './message-stream.ts'

interface Layer {
  readonly done: number
  readonly total: number
}

/** How far a pull has come, in bytes, summed over the layers whose size is known so far. */
export class LayerProgress {
  readonly #layers = new Map<string, Layer>()

  get done(): number {
    return [...this.#layers.values()].reduce((sum, layer) => sum + layer.done, 0)
  }

  get total(): number {
    return [...this.#layers.values()].reduce((sum, layer) => sum + layer.total, 0)
  }

  /** Takes a message in; true when the sums have changed. */
  record({ id, status, progressDetail }: EngineMessage): boolean {
    if (id === undefined || status === undefined) return false
    const before = this.#layers.get(id)
    const after = layerAfter(before ?? { done: 0, total: 0 }, status, progressDetail)
    if (after.done === before?.done && after.total === before.total) return false
    this.#layers.set(id, after)
    return after.total > 0
  }
}

function layerAfter(layer: Layer, status: string, detail: EngineMessage['progressDetail']): Layer {
  switch (status) {
    case 'Downloading':
      return { done: detail?.current ?? layer.done, total: Math.max(layer.total, detail?.total ?? 0, detail?.current ?? 0) }
    case 'Verifying Checksum':
    case 'Download complete':
    case 'Extracting':
    case 'Pull complete':
      return { done: layer.total, total: layer.total }
    default:
      return status.startsWith('Retrying') ? { ...layer, done: 0 } : layer
  }
}
