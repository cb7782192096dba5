/** One requirement of a label selector; all of a selector's must hold. */
interface Requirement {
  readonly key: string
  readonly operator: 'in' | 'notin' | 'exists' | 'absent' | 'above' | 'below'
  readonly values: readonly string[]
}

export type LabelSelector = readonly Requirement[]

/**
 * Reads a label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, joined by commas. Undefined
 * when the text is none. Source: kubernetes: staging/src/k8s.io/apimachinery/pkg/labels/selector.go.
 */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  if (text.trim() === '') return []
  const requirements = splitOutsideParentheses(text).map(parseRequirement)
  return requirements.every((one) => one !== undefined) ? requirements : undefined
}

/** A missing label satisfies `!=` and `notin`, as in Kubernetes. */
export function selectsLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => meets(requirement, labels[requirement.key]))
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
  if (value === undefined) return operator === 'absent' || operator === 'notin'
  switch (operator) {
    case 'exists':
      return true
    case 'absent':
      return false
    case 'in':
      return values.includes(value)
    case 'notin':
      return !values.includes(value)
    case 'above':
      return /^-?\d+$/.test(value) && Number(value) > Number(values[0])
    case 'below':
      return /^-?\d+$/.test(value) && Number(value) < Number(values[0])
  }
}

const keyPattern = '[\\w./-]+'
const setForm = new RegExp(`^(${keyPattern})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const equalForm = new RegExp(`^(${keyPattern})\\s*(==|=|!=)\\s*([\\w.-]*)$`)
const orderForm = new RegExp(`^(${keyPattern})\\s*([<>])\\s*(-?\\d+)$`)
const bareForm = new RegExp(`^(!?)\\s*(${keyPattern})$`)

function parseRequirement(text: string): Requirement | undefined {
  const set = setForm.exec(text)
  if (set?.[1] !== undefined)
    return { key: set[1], operator: set[2] === 'in' ? 'in' : 'notin', values: (set[3] ?? '').split(',').map((value) => value.trim()) }
  const equal = equalForm.exec(text)
  if (equal?.[1] !== undefined) return { key: equal[1], operator: equal[2] === '!=' ? 'notin' : 'in', values: [equal[3] ?? ''] }
  const order = orderForm.exec(text)
  if (order?.[1] !== undefined) return { key: order[1], operator: order[2] === '>' ? 'above' : 'below', values: [order[3] ?? ''] }
  const bare = bareForm.exec(text)
  return bare?.[2] === undefined ? undefined : { key: bare[2], operator: bare[1] === '!' ? 'absent' : 'exists', values: [] }
}

function splitOutsideParentheses(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim())
}
