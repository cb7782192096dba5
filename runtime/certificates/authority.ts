import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Instant, instant, type Millis } from '../../src/kernel/instant.ts'
import { type Issuer, makeAuthority } from './certificate.ts'

const DAY_MS: Millis = 86_400_000
/** Ours: as long as a person keeps a machine. */
const AUTHORITY_MS: Millis = 3652 * DAY_MS
/** One that ends sooner is replaced: certificates of it would have to be renewed all the time. */
const LEFT_MS: Millis = 30 * DAY_MS
const FORMAT = 1

/** Files of the local authority, below the state directory. */
export function authorityPaths(home: string): { readonly folder: string; readonly secret: string; readonly certificate: string } {
  const folder = join(home, 'authority')
  return { folder, secret: join(folder, 'authority.json'), certificate: join(folder, 'minipaas-authority.pem') }
}

/** The authority of a state directory, or undefined when there is none that can be used. */
export function readAuthority(home: string, now: Instant): Issuer | undefined {
  const { secret } = authorityPaths(home)
  if (!existsSync(secret)) return undefined
  const issuer = parseAuthority(readFileSync(secret, 'utf8'))
  return issuer === undefined || issuer.notAfter - now < LEFT_MS ? undefined : issuer
}

/**
 * The same, made when it is missing: its key is readable by its user only and never leaves the file. Of two programs that make one at
 * the same moment both use the first. An unusable one is set aside.
 */
export function ensureAuthority(home: string, now: Instant): Issuer {
  const paths = authorityPaths(home)
  const known = readAuthority(home, now)
  if (known !== undefined) {
    if (!existsSync(paths.certificate)) writeFileSync(paths.certificate, known.certificate, { mode: 0o644 })
    return known
  }
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 })
  if (existsSync(paths.secret)) renameSync(paths.secret, `${paths.secret}.set-aside-${randomBytes(4).toString('hex')}`)
  const made = makeAuthority(`minipaas local authority ${randomBytes(4).toString('hex')}`, now, AUTHORITY_MS)
  const draft = `${paths.secret}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  writeFileSync(draft, `${JSON.stringify({ format: FORMAT, ...made })}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, paths.secret)
  } catch (error) {
    // Some file systems know no links; where the name is taken, another program was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(draft, paths.secret)
  } finally {
    rmSync(draft, { force: true })
  }
  const issuer = readAuthority(home, now) ?? made
  writeFileSync(paths.certificate, issuer.certificate, { mode: 0o644 })
  return issuer
}

/** Undefined for anything that is not an authority with its key. */
function parseAuthority(text: string): Issuer | undefined {
  try {
    const value = JSON.parse(text) as Partial<Issuer> & { readonly format?: unknown }
    const { format, name, certificate, key, notAfter } = value
    if (format !== FORMAT || typeof name !== 'string' || typeof notAfter !== 'number') return undefined
    if (certificate === undefined || key === undefined) return undefined
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return undefined
    return { name, certificate, key, notAfter: instant(notAfter) }
  } catch {
    return undefined
  }
}
