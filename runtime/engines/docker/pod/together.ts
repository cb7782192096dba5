/**
 * The results of all works; rejects with the first failure, but only when every work is over: whoever then cleans up
 * finds everything that was made.
 */
export async function together<const T extends readonly unknown[]>(works: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(works)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as never
}
