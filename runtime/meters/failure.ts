/** Metadata that cannot be used as they are; asking again changes nothing. */
export class WrongSetting extends Error {}

/** The other side answered, but not with a value. `next` says what can be done. */
export class NoValue extends Error {
  readonly next: string | undefined

  constructor(message: string, next?: string) {
    super(message)
    this.next = next
  }
}

/** The value of a reading, or its error thrown. */
export function valueFrom(reading: { readonly value?: number; readonly error?: string }, next?: string): number {
  if (reading.value === undefined) throw new NoValue(reading.error ?? 'no value', next)
  return reading.value
}

/** No answer within the time limit. */
export class TooLate extends Error {}

/** What a failed reading says: what happened, why, what next, in one line. `target` is what was asked, without secrets. */
export function explain(type: string, error: unknown, secrets: readonly string[]): string {
  const why = withoutSecrets(oneLine(reasonOf(error)), secrets)
  return `The ${type} trigger has no value: ${why.replace(/\.$/, '')}. ${nextOf(error)}`
}

/** Some clients put the reason into `errors`, `cause` or `code` and leave the message empty. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (error.cause !== undefined) return reasonOf(error.cause)
  return codeOf(error) ?? error.name
}

function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0])
  }
  return undefined
}

function nextOf(error: unknown): string {
  if (error instanceof WrongSetting) return 'Correct the metadata or the authentication of the trigger.'
  if (error instanceof NoValue && error.next !== undefined) return error.next
  if (error instanceof TooLate) return 'See whether the server is reachable from inside the environment, or raise "timeout" of the trigger.'
  const hint = `${codeOf(error) ?? ''} ${reasonOf(error)}`
  if (/ECONNREFUSED/.test(hint)) return 'Nothing listens there: start the server, or correct the address and port.'
  if (/ENOTFOUND|EAI_AGAIN|getaddrinfo/.test(hint))
    return 'The name is not known inside the environment: correct the host, or add the component that serves it.'
  if (/auth|WRONGPASS|NOAUTH|denied|ACCESS[-_ ]REFUSED|\b401\b|\b403\b|password/i.test(hint))
    return 'Correct the user, the password or the key that the trigger is given.'
  if (/certificate|self.signed|CERT_|TLS|SSL/i.test(hint))
    return 'Give the trigger the right "ca", or switch TLS on or off as the server has it.'
  return 'See the log of the server; it is asked again at the next poll.'
}

const LONGEST = 400

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

const SECRET_NAME = /pass|key|secret|token|connection|auth|cert|host|url|address|header|sasl|param/i
const SECRET_PART = /^(.*(key|password|pwd|signature|secret|token).*)$/i

/** The secrets that metadata may hold: whole values, parts of connection strings, users and passwords of addresses. */
export function secretsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  const found = new Set<string>()
  for (const [name, value] of Object.entries(settings)) {
    if (!SECRET_NAME.test(name) || value === '') continue
    if (/pass|secret|token|apikey|accesskey|^key$|authvalue/i.test(name)) found.add(value)
    for (const [, password] of value.matchAll(/:\/\/[^\s/@:]*:([^\s/]*)@/g)) if (password) found.add(password).add(decoded(password))
    // The form of MySQL: user:password@tcp(host)/db.
    for (const [, password] of value.matchAll(/^[^\s/:]+:([^\s]*)@\w+\(/g)) if (password) found.add(password)
    // The form of libpq: password='two words'.
    for (const [, quoted] of value.matchAll(/\w*pass\w*\s*=\s*'((?:\\.|[^'\\])*)'/gi))
      if (quoted) found.add(quoted.replaceAll(/\\(.)/g, '$1'))
    for (const part of value.split(/[;,\s&]/)) {
      const at = part.indexOf('=')
      if (at > 0 && SECRET_PART.test(part.slice(0, at))) found.add(part.slice(at + 1).replace(/^'|'$/g, ''))
    }
  }
  // The longest first, so that none is cut by one that is a part of it.
  return [...found].filter((secret) => secret !== '').sort((left, right) => right.length - left.length)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded at all.
    return text
  }
}

/** Short secrets only as whole words: each letter "a" of a message would go otherwise. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((line, secret) => {
    if (secret.length >= 4) return line.replaceAll(secret, '***')
    return line.replace(new RegExp(`(?<![\\w])${secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`, 'g'), '***')
  }, text)
  return clean.replace(/(:\/\/[^\s/@:]*):[^\s/@]*@/g, '$1:***@')
}
