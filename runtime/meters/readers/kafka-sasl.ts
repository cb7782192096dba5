import type { SASLOptions } from 'kafkajs'
import { WrongSetting } from '../failure.ts'
import { basic, urlOf } from '../http-auth.ts'
import { HttpClient } from '../http-client.ts'
import type { Settings } from '../settings.ts'

const MECHANISMS = ['none', 'plaintext', 'scram_sha256', 'scram_sha512', 'oauthbearer', 'gssapi'] as const

/** How the brokers are told who asks; undefined without SASL. */
export function kafkaSasl(settings: Settings): SASLOptions | undefined {
  const mechanism = settings.choice('sasl', MECHANISMS, 'none')
  if (mechanism === 'none') return undefined
  if (mechanism === 'gssapi') throw new WrongSetting('sasl gssapi (Kerberos) is not read here')
  const username = settings.demand('username')
  const password = settings.demand('password')
  switch (mechanism) {
    case 'plaintext':
      return { mechanism: 'plain', username, password }
    case 'scram_sha256':
      return { mechanism: 'scram-sha-256', username, password }
    case 'scram_sha512':
      return { mechanism: 'scram-sha-512', username, password }
    case 'oauthbearer':
      return { mechanism: 'oauthbearer', oauthBearerProvider: () => token(settings, username, password) }
  }
}

/** Client credentials (RFC 6749, 4.4): user and password are those of the client. */
async function token(settings: Settings, id: string, secret: string): Promise<{ readonly value: string }> {
  if ((settings.text('saslTokenProvider') ?? 'bearer') !== 'bearer')
    throw new WrongSetting('saslTokenProvider is not bearer, and others are not read here')
  const url = urlOf(settings, 'oauthTokenEndpointUri')
  const scopes = settings.list('scopes')
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  }).toString()
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Authorization: basic(encodeURIComponent(id), encodeURIComponent(secret)),
  }
  const client = new HttpClient()
  try {
    // The connection that waits for the token has a time limit of its own.
    const text = await client.text({ url, method: 'POST', headers, body, signal: new AbortController().signal })
    const { access_token: value } = JSON.parse(text) as { readonly access_token?: string }
    if (value === undefined) throw new WrongSetting('oauthTokenEndpointUri answers without access_token')
    return { value }
  } finally {
    client.close()
  }
}
