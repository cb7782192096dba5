import { describe, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { GIVEN_ENGINE } from '../kit/docker/engine.ts'
import { addressOf } from '../kit/docker/engine-http.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'

/** A run that was given an engine may be on a machine where none can be started. */
const describeOwnEngines = process.env[GIVEN_ENGINE] === undefined ? describe : describe.skip

describeOwnEngines("Podman's service", () => {
  test('runs a container with an init process in the network of another one', async () => {
    await using engine = await startEngineWithImages('podman')
    const podman = new Docker(addressOf(engine.endpoint))
    await podman.createNetwork({ Name: 'shop', IPAM: { Config: [{ Subnet: '10.231.16.0/20', IPRange: '10.231.16.0/21' }] } })
    const sandbox = await podman.createContainer({
      Image: 'busybox:1.36',
      Cmd: ['sleep', '2147483647'],
      HostConfig: { NetworkMode: 'shop', Dns: ['10.231.31.254'], DnsSearch: ['cluster.local'], DnsOptions: ['ndots:5'] },
    })
    await sandbox.start()
    const member = await podman.createContainer({
      Image: 'node:22-alpine',
      Entrypoint: ['node'],
      Cmd: ['-p', "[process.pid, require('node:os').networkInterfaces().eth0[0].address, fs.readFileSync('/etc/resolv.conf', 'utf8')]"],
      HostConfig: { NetworkMode: `container:${sandbox.id}`, Init: true },
    })
    await member.start()
    await member.wait()
    const said = (await member.logs({ stdout: true, stderr: true })).toString('utf8')
    expect(said).toMatch(/\b(?!1,)\d+,/)
    expect(said).toContain('10.231.')
    expect(said).toContain('10.231.31.254')
    expect(said).toContain('ndots:5')
  }, 120_000)
})
