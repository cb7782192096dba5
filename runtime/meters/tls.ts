import { WrongSetting } from './failure.ts'
import type { Settings } from './settings.ts'

/** As `node:tls` takes them. */
export interface TlsSettings {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  readonly rejectUnauthorized?: boolean
}

interface TlsNames {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** The certificates of a trigger under the names that most scalers give them (kedacore/keda: pkg/util/tls_config.go). */
export function tlsOf(settings: Settings, names: TlsNames = { ca: 'ca', cert: 'cert', key: 'key' }): TlsSettings {
  const ca = settings.text(names.ca)
  const cert = settings.text(names.cert)
  const key = settings.text(names.key)
  const passphrase = settings.text('keyPassword')
  if ((cert === undefined) !== (key === undefined)) throw new WrongSetting(`${names.cert} and ${names.key} are given only together`)
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(settings.flag('unsafeSsl') ? { rejectUnauthorized: false } : {}),
  }
}

/** `enableTLS: "true"` of the metadata, or `tls: enable` of the authentication. */
export function wantsTls(settings: Settings): boolean {
  return settings.flag('enableTLS') || settings.choice('tls', ['enable', 'disable'], 'disable') === 'enable'
}
