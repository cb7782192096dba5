import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type BrowserContext, chromium } from 'playwright-core'
import { LocalCertificates } from '../../runtime/certificates/certificate-source.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { aBackend, aTable, EdgeWorld, webListener } from '../conformance/edge/edge-world.ts'
import { ReplicaServer } from '../conformance/edge/replica-server.ts'
import { tlsListenerOf } from '../conformance/edge/tls-world.ts'
import { ensureDebianPackages } from '../kit/docker/debian-packages.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const executablePath = process.env.MINIPAAS_CHROMIUM ?? '/usr/bin/chromium'
const HOSTS = ['localhost', '*.shop.localhost', 'greeting.example.com', 'shop.corp.internal']

/** Chromium on Linux has a list of its own, in the home directory: this is what `minipaas trust` prints for it. */
describe('Chromium with the local authority in its list', () => {
  const scratch = scratchDirectory()
  const home = join(scratch.path, 'home')
  let browser: BrowserContext
  let world: EdgeWorld
  let server: ReplicaServer

  beforeAll(async () => {
    ensureDebianPackages({ certutil: 'libnss3-tools' }, 'Chromium is told of an authority by this program: install it first.')
    const source = new LocalCertificates(scratch.path, systemClock)
    const { certificates } = source.certify({ hosts: HOSTS }, undefined)
    server = await ReplicaServer.start((incoming, response) => response.end(`hello over ${incoming.headers['x-forwarded-proto']}`))
    world = new EdgeWorld()
    const backend = aBackend('web', { replicas: [server.replica()] })
    await world.push(aTable({ backends: [backend], listeners: [webListener, tlsListenerOf(...certificates)] }))
    const list = join(home, '.pki', 'nssdb')
    mkdirSync(list, { recursive: true })
    execFileSync('certutil', ['-d', `sql:${list}`, '-N', '--empty-password'])
    const authority = join(scratch.path, 'authority', 'minipaas-authority.pem')
    execFileSync('certutil', ['-d', `sql:${list}`, '-A', '-t', 'C,,', '-n', 'minipaas', '-i', authority])
    browser = await chromium.launchPersistentContext(join(scratch.path, 'profile'), {
      executablePath,
      env: { ...process.env, HOME: home },
      headless: true,
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync', '--no-proxy-server'],
        '--host-resolver-rules=MAP *.example.com 127.0.0.1, MAP *.corp.internal 127.0.0.1',
      ],
    })
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    scratch[Symbol.dispose]()
  })

  /** Text and issuer of a page. */
  async function open(host: string): Promise<readonly [text: string | undefined, issuer: string | undefined]> {
    const page = await browser.newPage()
    try {
      const response = await page.goto(`https://${host}:${world.port('web-tls')}/`)
      return [await response?.text(), (await response?.securityDetails())?.issuer]
    } finally {
      await page.close()
    }
  }

  test.each(['web.shop.localhost', 'greeting.example.com', 'localhost', '127.0.0.1'])(
    'shows https://%s without a warning',
    async (host) => {
      expect(await open(host)).toEqual(['hello over https', expect.stringContaining('minipaas local authority')])
    },
  )

  test.each([
    ['shop.corp.internal', /ERR_CERT_/],
    ['web.bank.localhost', /ERR_CERT_COMMON_NAME_INVALID/],
  ])('refuses https://%s, for which the authority may not vouch or has not', async (host, reason) => {
    await expect(open(host)).rejects.toThrow(reason)
  })
})
