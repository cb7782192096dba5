/** A value of the text exposition format, or why there is none. */
export type PrometheusTextResult = { readonly value: number; readonly error?: never } | { readonly error: string; readonly value?: never }

interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

/**
 * The first sample of the text exposition format that has the name and at least the labels of a selector such as
 * `queue_size{name="mail"}`. As in KEDA, labels are compared for equality, whatever the operator of the matcher, and the parts of
 * histograms and summaries cannot be selected.
 *
 * Source: keda: pkg/scalers/metrics_api_scaler.go, getValueFromPrometheusResponse.
 */
export function readPrometheusText(text: string, selector: string): PrometheusTextResult {
  const wanted = parseSelector(selector)
  if (wanted === undefined) return { error: `valueLocation ${JSON.stringify(selector)} is no selector of a metric` }
  const compound = new Set<string>()
  for (const [number, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    const type = /^#\s*TYPE\s+(\S+)\s+(histogram|summary)\b/.exec(line)
    if (type?.[1] !== undefined) for (const suffix of ['', '_sum', '_count', '_bucket']) compound.add(type[1] + suffix)
    if (line === '' || line.startsWith('#')) continue
    const sample = parseSample(line)
    if (sample === undefined) return { error: `line ${number + 1} of the answer is not in Prometheus' text format` }
    if (sample.name === wanted.name && !compound.has(sample.name) && hasLabels(sample, wanted.labels)) return { value: sample.value }
  }
  return { error: `the answer has no value for ${JSON.stringify(selector)}` }
}

function hasLabels({ labels }: Sample, wanted: ReadonlyMap<string, string>): boolean {
  for (const [name, value] of wanted) if (labels.get(name) !== value) return false
  return true
}

const nameAndLabels = /^([a-zA-Z_:][\w:]*)?\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*(.*)$/s

function parseSelector(text: string): Pick<Sample, 'name' | 'labels'> | undefined {
  const match = nameAndLabels.exec(text.trim())
  const labels = parseLabels(
    match?.[2] ?? '',
    /^\s*([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*(?:,|$)/,
  )
  if (match === null || labels === undefined || match[3] !== '') return undefined
  const name = match[1] ?? labels.get('__name__')
  labels.delete('__name__')
  return name === undefined ? undefined : { name, labels }
}

function parseSample(line: string): Sample | undefined {
  const match = nameAndLabels.exec(line)
  const labels = parseLabels(match?.[2] ?? '', /^\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/)
  const [valueText = '', timestamp = '0', ...more] = (match?.[3] ?? '').split(/\s+/)
  const value = parseValue(valueText)
  if (match?.[1] === undefined || labels === undefined || value === undefined || more.length > 0 || !/^-?\d+$/.test(timestamp))
    return undefined
  return { name: match[1], labels, value }
}

function parseLabels(text: string, one: RegExp): Map<string, string> | undefined {
  const labels = new Map<string, string>()
  let rest = text
  while (rest.trim() !== '') {
    const match = one.exec(rest)
    if (match?.[1] === undefined) return undefined
    labels.set(
      match[1],
      (match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    )
    rest = rest.slice(match[0].length)
  }
  return labels
}

function parseValue(text: string): number | undefined {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}
