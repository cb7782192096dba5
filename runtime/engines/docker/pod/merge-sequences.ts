/** Sequences that are each in order, as one; holds one element of each, however long they are. Notes what each returned at its end. */
export async function* mergeInOrder<T, R>(
  sequences: readonly AsyncGenerator<T, R>[],
  isBefore: (left: T, right: T) => boolean,
  ended: (sequence: AsyncGenerator<T, R>, result: R) => void,
): AsyncGenerator<readonly [AsyncGenerator<T, R>, T]> {
  const heads: { readonly sequence: AsyncGenerator<T, R>; value: T }[] = []
  const advance = async (sequence: AsyncGenerator<T, R>): Promise<readonly [T] | undefined> => {
    const next = await sequence.next()
    if (next.done !== true) return [next.value]
    ended(sequence, next.value)
    return undefined
  }
  try {
    const firsts = await Promise.all(sequences.map(async (sequence) => ({ sequence, first: await advance(sequence) })))
    for (const { sequence, first } of firsts) if (first !== undefined) heads.push({ sequence, value: first[0] })
    while (heads.length > 0) {
      const head = heads.reduce((best, candidate) => (isBefore(candidate.value, best.value) ? candidate : best))
      yield [head.sequence, head.value]
      const next = await advance(head.sequence)
      if (next === undefined) heads.splice(heads.indexOf(head), 1)
      else head.value = next[0]
    }
  } finally {
    // Those that a failure or a reader that left did not bring to their end hold a connection each.
    await Promise.allSettled(sequences.map((sequence) => sequence.return(undefined as R)))
  }
}
