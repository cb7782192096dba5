/** One thing to measure. It returns what it measured, in any unit; when it returns nothing, its duration in milliseconds counts. */
export type Side = () => Promise<number | undefined> | Promise<void> | number | undefined

/** How often to measure: rounds that count, and rounds before them that do not. */
export interface Rounds {
  readonly rounds: number
  readonly warmUp?: number
}

/** A goal and what was seen: a ratio to the named peer, or a plain figure with its unit. Less is better, unless `atLeast` is given. */
export type Goal = { readonly name: string; readonly value: number; readonly unit?: string; readonly detail?: string } & (
  | { readonly atMost: number }
  | { readonly atLeast: number }
)

/** Measures all sides in turn, round by round, in alternating order, so that a slow minute of the machine hits each alike. */
export async function interleave<Name extends string>(
  sides: Record<Name, Side>,
  { rounds, warmUp = 2 }: Rounds,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[]
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = -warmUp; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed()
    for (const name of order) {
      const value = await measure(sides[name])
      if (round >= 0) measured[name].push(value)
    }
  }
  return measured
}

async function measure(side: Side): Promise<number> {
  const began = performance.now()
  const value = await side()
  return value ?? performance.now() - began
}

/** The middle value; the mean of the two middle ones when their number is even. Throws for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  if (upper === undefined || lower === undefined) throw new Error('median of nothing')
  return (lower + upper) / 2
}

/** The line of one goal: name, figure, goal, and whether it holds. */
export function lineOf(goal: Goal): string {
  const unit = goal.unit === undefined ? '×' : ` ${goal.unit}`
  const [sign, limit, holds] =
    'atMost' in goal ? ['≤', goal.atMost, goal.value <= goal.atMost] : ['≥', goal.atLeast, goal.value >= goal.atLeast]
  const figure = `${round(goal.value)}${unit}`
  const detail = goal.detail === undefined ? '' : `  (${goal.detail})`
  return `${goal.name.padEnd(44)} ${figure.padStart(12)}  goal ${sign} ${`${limit}${unit}`.padEnd(10)} ${holds ? 'holds' : 'falls short'}${detail}`
}

/** Prints one line per goal. */
export function report(goals: readonly Goal[]): void {
  for (const goal of goals) console.log(lineOf(goal))
}

/** Three significant digits, without an exponent. */
function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
