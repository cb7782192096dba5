import { WrongSetting } from './failure.ts'
import type { Settings } from './settings.ts'
import { type TlsSettings, tlsOf } from './tls.ts'

/** How requests show who asks. */
export interface HttpAuth {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly tls: TlsSettings
}

const MODES = ['apiKey', 'basic', 'bearer', 'tls', 'custom', 'oauth']

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** `authModes` with their parameters (kedacore/keda: pkg/scalers/authentication/authentication_types.go). */
export function httpAuthOf(settings: Settings): HttpAuth {
  const modes = settings.list('authModes', 'authMode')
  const wrong = modes.find((mode) => !MODES.includes(mode))
  if (wrong !== undefined) throw new WrongSetting(`authModes has ${wrong}, which is none of ${MODES.join(', ')}`)
  if (modes.includes('oauth')) throw new WrongSetting('authModes oauth is not read here')
  if (modes.includes('basic') && modes.includes('bearer')) throw new WrongSetting('authModes has both basic and bearer')
  const headers: Record<string, string> = {}
  const query: Record<string, string> = {}
  if (modes.includes('basic')) headers['Authorization'] = basic(settings.demand('username'), settings.text('password') ?? '')
  if (modes.includes('bearer')) headers['Authorization'] = `Bearer ${settings.demand('bearerToken', 'token')}`
  if (modes.includes('custom')) headers[settings.demand('customAuthHeader')] = settings.demand('customAuthValue')
  if (modes.includes('apiKey')) {
    const key = settings.demand('apiKey')
    if (settings.choice('method', ['header', 'query'], 'header') === 'query') query[settings.text('keyParamName') ?? 'api_key'] = key
    else headers[settings.text('keyParamName') ?? 'X-API-KEY'] = key
  }
  if (modes.includes('tls') && settings.text('cert') === undefined) throw new WrongSetting('authModes tls needs cert and key')
  return { headers, query, tls: tlsOf(settings) }
}

/** An address of the metadata. Throws `WrongSetting` for what is none. */
export function urlOf(settings: Settings, ...names: readonly string[]): URL {
  const text = settings.demand(...names)
  try {
    return new URL(text)
  } catch {
    // The text may hold a password, and the message of the constructor repeats it.
    throw new WrongSetting(`${names.join(' or ')} is no address with a scheme`)
  }
}
