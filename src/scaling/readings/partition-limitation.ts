export interface PartitionLimitationInput {
  /** `partitionLimitation` of a kafka trigger: numbers and ranges, for example `1-4,8`. */
  readonly text: string
}

/** Absent partitions mean that all count. */
export type PartitionLimitationResult =
  | { readonly partitions?: readonly number[]; readonly error?: never }
  | { readonly error: string; readonly partitions?: never }

/** Source: keda: pkg/scalers/kafka_scaler.go, parsePartitionLimitation. A range that begins after it ends is empty. */
export function partitionLimitation({ text }: PartitionLimitationInput): PartitionLimitationResult {
  if (text.trim() === '') return {}
  const partitions: number[] = []
  for (const part of text.split(',').map((one) => one.trim())) {
    const range = /^(\+?\d+)$|^(\+?\d+)\s*-\s*(\+?\d+)$/.exec(part)
    if (range === null) return { error: `partitionLimitation "${text}": "${part}" is neither a partition nor a range such as 1-4` }
    const first = Number(range[1] ?? range[2])
    const last = Number(range[1] ?? range[3])
    for (let partition = first; partition <= last; partition++) partitions.push(partition)
  }
  return { partitions }
}
