/** One series of an exposition. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)

/**
 * Reads a text exposition as strictly as its specification allows, so that what passes here is read by Prometheus too: families in one piece,
 * each with HELP and TYPE before its samples, no series twice, histograms complete and cumulative. Throws at the first violation.
 */
export function parseExposition(text: string): readonly Series[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, string>()
  const all: Series[] = []
  const keys = new Set<string>()
  let family = ''
  let helped = ''
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('# HELP ')) {
      helped = new RegExp(`^# HELP (${NAME}) \\S.*$`).exec(line)?.[1] ?? fail('a HELP line', line)
      if (families.has(helped)) fail('a family in two pieces', line)
      continue
    }
    if (line.startsWith('#')) {
      const [, name = '', type = ''] = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line) ?? fail('a TYPE line', line)
      if (families.has(name) || name !== helped) fail('a TYPE line without its HELP line', line)
      if ((type === 'counter') !== name.endsWith('_total')) fail('the name of a counter', line)
      families.set(name, type)
      family = name
      continue
    }
    const [, name = '', labels, value = ''] = SAMPLE.exec(line) ?? fail('a sample', line)
    const base = families.get(family) === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
    if (base !== family || (families.get(family) === 'histogram' && base === name)) fail(`a sample of ${family}`, line)
    if (!/^(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|[+-]Inf|NaN)$/.test(value)) fail('a value', line)
    const series = { name, labels: parseLabels(labels ?? '', line), value: Number(value) }
    const key = JSON.stringify([name, Object.entries(series.labels).sort()])
    if (keys.has(key)) fail('a series twice', line)
    keys.add(key)
    all.push(series)
  }
  for (const [name, type] of families) if (type === 'histogram') checkHistogram(name, all)
  return all
}

function parseLabels(text: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y
  while (label.lastIndex < text.length) {
    const [, name = '', value = ''] = label.exec(text) ?? fail('labels', line)
    if (name in labels) fail('a label twice', line)
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}

function checkHistogram(name: string, all: readonly Series[]): void {
  const of = ({ le: _le, ...labels }: Series['labels']): string => JSON.stringify(Object.entries(labels).sort())
  const buckets = new Map<string, Series[]>()
  for (const series of all) {
    if (series.name === `${name}_bucket`) buckets.set(of(series.labels), [...(buckets.get(of(series.labels)) ?? []), series])
  }
  for (const suffix of ['_sum', '_count']) {
    const found = all.filter((series) => series.name === name + suffix)
    if (found.length !== buckets.size) fail(`a ${suffix} for each set of labels`, name)
  }
  for (const [labels, series] of buckets) {
    const bounds = series.map((bucket) => (bucket.labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(bucket.labels['le'])))
    const values = series.map(({ value }) => value)
    if (!isSorted(bounds) || !isSorted(values) || bounds.at(-1) !== Number.POSITIVE_INFINITY) fail('cumulative buckets up to +Inf', name)
    const count = all.find((candidate) => candidate.name === `${name}_count` && of(candidate.labels) === labels)
    if (count?.value !== values.at(-1)) fail('a count like the last bucket', name)
  }
}

function isSorted(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0))
}

function fail(what: string, where: string): never {
  throw new Error(`not ${what}: ${where}`)
}
