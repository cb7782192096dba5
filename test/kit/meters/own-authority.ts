import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OwnCertificate {
  readonly folder: string
  /** Of itself, so it is its own authority too. */
  readonly certificateFile: string
  readonly keyFile: string
  readonly certificate: string
  readonly key: string
}

/** A certificate for 127.0.0.1 that nobody knows of. */
export function ownCertificate(): OwnCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'minipaas-certificate-'))
  const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const names = ['-subj', '/CN=meters', '-addext', 'subjectAltName=IP:127.0.0.1']
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    ...names,
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
  ]
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl makes no certificate: ${stderr}`)
  return { folder, certificateFile, keyFile, certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}
