import { eventually } from '../../kit/eventually.ts'

/** Waits until a positive number has been the same at many looks in a row, and returns it. */
export async function settled(number: () => number): Promise<number> {
  let last = -1
  let looks = 0
  return eventually(() => {
    const now = number()
    looks = now === last && now > 0 ? looks + 1 : 0
    last = now
    return looks >= 30 ? now : undefined
  })
}
