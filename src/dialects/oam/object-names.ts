const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** Why a text is no name of a Kubernetes object, or undefined. Source: RFC 1123, as Kubernetes checks it. */
export function nameFault(text: string, form: 'label' | 'subdomain'): { readonly message: string; readonly hint?: string } | undefined {
  const limit = form === 'label' ? 63 : 253
  if (text.length > limit) return { message: `it has ${text.length} characters, at most ${limit} are allowed` }
  const parts = form === 'label' ? [text] : text.split('.')
  if (parts.every((part) => LABEL.test(part))) return undefined
  const repaired = text
    .toLowerCase()
    .replaceAll(form === 'label' ? /[^a-z0-9-]+/g : /[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
  const message = 'only lower-case letters, digits and "-" inside'
  return repaired === '' || repaired === text ? { message } : { message, hint: `did you mean "${repaired}"?` }
}
