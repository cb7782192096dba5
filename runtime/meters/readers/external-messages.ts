import type { MeterTrigger } from '../../../src/model/meter.ts'
import { encode, ProtoMessage } from '../protobuf.ts'

/** Messages of the external scaler's protocol (kedacore/keda: pkg/scalers/externalscaler/externalscaler.proto). */

export interface ScaledObjectRef {
  readonly scaledObject: MeterTrigger['scaledObject']
  readonly metadata: Readonly<Record<string, string>>
}

export function encodeRef({ scaledObject, metadata }: ScaledObjectRef): Buffer {
  const pairs = Object.entries(metadata).map(
    ([key, value]) =>
      [
        3,
        encode([
          [1, key],
          [2, value],
        ]),
      ] as const,
  )
  return encode([[1, scaledObject.name], [2, scaledObject.namespace], ...pairs])
}

export function encodeMetricsRequest(ref: ScaledObjectRef, metricName: string): Buffer {
  return encode([
    [1, encodeRef(ref)],
    [2, metricName],
  ])
}

export function decodeActive(bytes: Buffer): boolean {
  return new ProtoMessage(bytes).flag(1)
}

export interface NamedNumber {
  readonly name: string
  readonly value: number
}

/** Metric specs and metric values alike: a name, the old whole number, and the fractional one that wins when it is above zero. */
export function decodeNumbers(bytes: Buffer): readonly NamedNumber[] {
  return new ProtoMessage(bytes).messages(1).map((message) => {
    const exact = message.double(3)
    return { name: message.text(1), value: exact > 0 ? exact : message.integer(2) }
  })
}
