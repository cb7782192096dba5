import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { ServerCredentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ExternalScaler } from '../kit/meters/external-scaler.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import { type OwnCertificate, ownCertificate } from '../kit/meters/own-authority.ts'
import type { RunningServer } from '../kit/meters/server-program.ts'
import { startSecureRedis } from '../kit/meters/servers.ts'

let own: OwnCertificate
let meters: MetersProcess
beforeAll(() => {
  own = ownCertificate()
  meters = new MetersProcess()
})
afterAll(async () => await meters?.[Symbol.asyncDispose]())

describe('redis', () => {
  let redis: RunningServer
  const read = async (more: Record<string, string>) =>
    await meters.readOne(meters.announce('redis', { address: `127.0.0.1:${redis.port}`, listName: 'list', ...more }, 'shop/redis'))
  beforeAll(async () => {
    redis = await startSecureRedis(own)
  })
  // With it goes the folder of the certificate.
  afterAll(async () => await redis?.[Symbol.asyncDispose]())

  test('shows its certificate, and checks that of the server', async () => {
    const client = { cert: own.certificate, key: own.key }
    expect(await read({ tls: 'enable', ca: own.certificate, ...client })).toEqual({ value: 0 })
    expect(await read({ enableTLS: 'true', unsafeSsl: 'true', ...client })).toEqual({ value: 0 })
    const { error } = await read({ enableTLS: 'true', ...client })
    expect(error).toMatch(/self-signed certificate\. Give the trigger the right "ca"/)
    expect(error).not.toContain('BEGIN')
    expect((await read({ enableTLS: 'true', cert: own.certificate })).error).toMatch(/cert and key are given only together/)
  })
})

describe('metrics-api', () => {
  let server: Server
  beforeAll(async () => {
    server = createServer({ cert: own.certificate, key: own.key }, (_request, response) => response.end('{"depth":3}'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('checks the certificate of the server', async () => {
    const settings = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, valueLocation: 'depth' }
    const read = async (more: Record<string, string>) =>
      await meters.readOne(meters.announce('metrics-api', { ...settings, ...more }, 'shop/api'))
    expect(await read({ authModes: 'tls', cert: own.certificate, key: own.key, ca: own.certificate })).toEqual({ value: 3 })
    expect(await read({ unsafeSsl: 'true' })).toEqual({ value: 3 })
    expect((await read({})).error).toMatch(/self-signed certificate/)
  })
})

test('an external scaler', async () => {
  await using scaler = new ExternalScaler()
  const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.certificate) }
  const port = await scaler.listen(0, ServerCredentials.createSsl(Buffer.from(own.certificate), [pair], true))
  scaler.answers = { active: true, specs: [{ name: 'a', exact: 1 }], values: { a: [{ exact: 4 }] } }
  const certificates = { caCert: own.certificate, tlsClientCert: own.certificate, tlsClientKey: own.key }
  const id = meters.announce('external', { scalerAddress: `127.0.0.1:${port}`, enableTLS: 'true', city: 'Graz', ...certificates })
  expect(await meters.readOne(id)).toMatchObject({ active: true, value: 4 })
  expect(scaler.heard[0]?.metadata).toEqual({ scalerAddress: `127.0.0.1:${port}`, enableTLS: 'true', city: 'Graz' })
  const unknown = meters.announce('external', { scalerAddress: `127.0.0.1:${port}`, enableTLS: 'true' })
  expect((await meters.readOne(unknown)).error).toMatch(/certificate/)
})
