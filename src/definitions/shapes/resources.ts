import { InternalError } from '../../kernel/fault.ts'
import type { Resources } from '../../model/pod.ts'
import { parseQuantityText } from '../../scaling/readings/quantity-text.ts'
import { text } from '../schema.ts'

const QUANTITY = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:(?:n|u|m|k|K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?|[eE][+-]?\d+)$/

/** A quantity of cores: `0.5`, `500m`. */
export const cpuQuantity = text({ pattern: { regex: QUANTITY, says: 'a quantity such as "0.5" or "500m"' }, examples: ['250m', '2'] })

/** A quantity of bytes: `256Mi`, `1G`. */
export const memoryQuantity = text({ pattern: { regex: QUANTITY, says: 'a quantity such as "256Mi" or "1Gi"' }, examples: ['64Mi', '1Gi'] })

/** The number a Kubernetes quantity stands for. Source: Kubernetes, resource.Quantity. */
export function quantity(written: string | number): number {
  // Kubernetes knows no `K`, people write it.
  const number = parseQuantityText(String(written).replace(/K$/, 'k'))
  if (number === undefined) throw new InternalError(`not a quantity: ${written}`)
  return number
}

/** Cores and bytes of the quantities that are given. */
export function toResources(written: { readonly cpu?: string | number | undefined; readonly memory?: string | undefined }): Resources {
  return {
    ...(written.cpu === undefined ? {} : { cpu: quantity(written.cpu) }),
    ...(written.memory === undefined ? {} : { memoryBytes: quantity(written.memory) }),
  }
}
