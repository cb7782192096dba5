import { InternalError } from '../../kernel/fault.ts'
import type { Resources } from '../../model/pod.ts'
import { text } from '../schema.ts'

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

const QUANTITY = /^\+?(\d+(?:\.\d*)?|\.\d+)(?:(n|u|m|k|K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?|[eE]([+-]?\d+))$/

/** A quantity of cores: `0.5`, `500m`. */
export const cpuQuantity = text({ pattern: { regex: QUANTITY, says: 'a quantity such as "0.5" or "500m"' }, examples: ['250m', '2'] })

/** A quantity of bytes: `256Mi`, `1G`. */
export const memoryQuantity = text({ pattern: { regex: QUANTITY, says: 'a quantity such as "256Mi" or "1Gi"' }, examples: ['64Mi', '1Gi'] })

/** The number a Kubernetes quantity stands for. Source: Kubernetes, resource.Quantity. */
export function quantity(written: string | number): number {
  const match = QUANTITY.exec(String(written))
  if (match === null) throw new InternalError(`not a quantity: ${written}`)
  const [, digits = '', unit = '', exponent] = match
  return exponent === undefined ? Number(digits) * (UNITS[unit] ?? 1) : Number(`${digits}e${exponent}`)
}

/** Cores and bytes of the quantities that are given. */
export function toResources(written: { readonly cpu?: string | number | undefined; readonly memory?: string | undefined }): Resources {
  return {
    ...(written.cpu === undefined ? {} : { cpu: quantity(written.cpu) }),
    ...(written.memory === undefined ? {} : { memoryBytes: quantity(written.memory) }),
  }
}
