import { describe, expect, test } from '@jest/globals'
import { listEnvironments } from '../../runtime/engines/docker/environments.ts'
import { readHints } from '../../runtime/engines/docker/hints.ts'
import { LABELS } from '../../runtime/engines/docker/labels.ts'
import { edgeAddress, ensureNetwork, findNetwork, serviceRange } from '../../runtime/engines/docker/network.ts'
import { names } from '../../runtime/engines/docker/place.ts'
import { formatSubnet, lowerHalf, overlaps, parseSubnet, type Subnet } from '../../runtime/engines/docker/subnets.ts'
import { testDocker } from '../kit/docker/engine.ts'
import { FrameWorld } from '../kit/docker/frame-world.ts'
import { faultIn } from '../kit/docker/image-world.ts'
import { isPodman } from '../kit/docker/podman-differences.ts'
import { eventually } from '../kit/eventually.ts'

const never = new AbortController().signal

describe('the network of an environment', () => {
  test('is made once, also by two at a time, and has its halves', async () => {
    await using world = new FrameWorld()
    const made = await Promise.all([1, 2, 3].map(() => ensureNetwork(world.context, world.owner, never)))
    const [network] = made
    if (network === undefined) throw new Error('no network')
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(await findNetwork(world.context, world.owner, never)).toEqual(network)
    const { IPAM, Labels, Driver } = (await world.docker.getNetwork(network.id).inspect()) as unknown as {
      IPAM: { Config: Record<string, string>[] }
      Labels: Record<string, string>
      Driver: string
    }
    expect(Driver).toBe('bridge')
    expect(Labels['com.docker.compose.project']).toBe('frame')
    const [config] = IPAM.Config
    expect(config?.Subnet).toBe(network.subnet)
    // Podman keeps to the range without telling it.
    const range = parseSubnet((await isPodman(world.docker)) ? formatSubnet(lowerHalf(subnetOf(network.subnet))) : (config?.IPRange ?? ''))
    const services = parseSubnet(serviceRange(network.subnet))
    if (range === undefined || services === undefined) throw new Error('no ranges')
    expect(overlaps(range, services)).toBe(false)
    expect([range.prefix, services.prefix]).toEqual([21, 21])
    const { sandboxes, networks, observer } = await observed(world)
    expect([sandboxes, networks, observer]).toEqual([[], ['frame'], serviceRange(network.subnet)])
  })

  test('is one, also when two daemons make it at the same time', async () => {
    await using world = new FrameWorld()
    const others = [testDocker(), testDocker()].map((docker) => ({ ...world.context, docker }))
    const made = await Promise.all(others.map((context) => ensureNetwork(context, world.owner, never)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const label = [`${LABELS.home}=${world.context.place.home}`]
    expect(await world.docker.listNetworks({ filters: { label } })).toHaveLength(1)
  })

  test('keeps away from other networks', async () => {
    await using world = new FrameWorld()
    const { subnet: preferred } = await ensureNetwork(world.context, world.owner, never)
    await world.frame.networks.remove('frame', world.owner, never)
    const first = subnetOf(preferred)
    const other = await world.docker.createNetwork({
      Name: `mptest-other-${process.pid}`,
      IPAM: { Config: [{ Subnet: formatSubnet(first) }] },
    })
    try {
      const { subnet } = await ensureNetwork(world.context, world.owner, never)
      expect(subnet).not.toBe(formatSubnet(first))
    } finally {
      await other.remove()
    }
  })

  test('of another owner is left alone, and said', async () => {
    await using world = new FrameWorld()
    const name = names.network(world.context.place, 'frame')
    const other = await world.docker.createNetwork({ Name: name })
    try {
      const fault = await faultIn(world.frame.networks.ensure('frame', world.owner, never))
      expect(fault).toMatchObject({ kind: 'conflict', code: 'MP4204' })
      expect(fault.message).toContain(name)
    } finally {
      await other.remove()
    }
  })

  test('goes although something of ours is on it, and not while others use it', async () => {
    await using world = new FrameWorld()
    await world.frame.sandboxes.prepare(world.owner, world.position('web'), never)
    const { name } = await ensureNetwork(world.context, world.owner, never)
    const other = await world.docker.createContainer({ Image: 'busybox:1.36', Cmd: ['sleep', '60'], HostConfig: { NetworkMode: name } })
    try {
      await other.start()
      const fault = await faultIn(world.frame.networks.remove('frame', world.owner, never))
      expect(fault).toMatchObject({ kind: 'in-use', code: 'MP4205' })
      expect(fault.message).toContain((await other.inspect()).Name.slice(1))
      expect((await other.inspect()).NetworkSettings.Networks[name]?.IPAddress).not.toBe('')
    } finally {
      await other.remove({ force: true })
    }
    await world.frame.networks.remove('frame', world.owner, never)
    await world.frame.networks.remove('frame', world.owner, never)
    expect(await findNetwork(world.context, world.owner, never)).toBeUndefined()
  })
})

describe('volumes', () => {
  test('of another owner, and such in use, are left alone', async () => {
    await using world = new FrameWorld()
    const { volumes } = world.frame
    const taken = names.volume(world.context.place, 'frame', 'taken')
    await world.docker.createVolume({ Name: taken })
    try {
      expect(await faultIn(volumes.ensure('taken', world.owner, never))).toMatchObject({ kind: 'conflict', code: 'MP4204' })
      await volumes.remove('taken', world.owner, never)
    } finally {
      await world.docker.getVolume(taken).remove()
    }
    await volumes.ensure('data', world.owner, never)
    const user = await world.docker.createContainer({
      Image: 'busybox:1.36',
      HostConfig: { NetworkMode: 'none', Binds: [`${names.volume(world.context.place, 'frame', 'data')}:/data`] },
    })
    expect(await faultIn(volumes.remove('data', world.owner, never))).toMatchObject({ kind: 'in-use', code: 'MP4205' })
    await user.remove()
    await volumes.remove('data', world.owner, never)
  })
})

describe('a sandbox', () => {
  test('gives hostname, aliases and resolver to what joins it', async () => {
    await using world = new FrameWorld()
    const position = world.position('web', { hostAliases: [{ ip: '10.1.2.3', hostnames: ['one', 'two'] }] }, 3)
    const { id, address } = await world.frame.sandboxes.ensure(world.owner, position, never)
    const { subnet } = await ensureNetwork(world.context, world.owner, never)
    const container = await world.join(id, ['sh', '-c', 'hostname; cat /etc/hosts /etc/resolv.conf; ip -4 addr'])
    await container.wait()
    const text = String(await container.logs({ stdout: true, stderr: true }))
    expect(text).toContain('web-3')
    expect(text).toMatch(/10\.1\.2\.3\s+one/)
    expect(text).toMatch(/10\.1\.2\.3\s+two/)
    expect(text).toContain('search default.svc.cluster.local svc.cluster.local cluster.local')
    expect(text).toContain('options ndots:5')
    expect(text).toContain(`inet ${address}/20`)
    const { HostConfig } = await world.docker.getContainer(id).inspect()
    expect(HostConfig.Dns).toEqual([edgeAddress(subnet)])
  })

  test('is made once, and stays while it fits', async () => {
    await using world = new FrameWorld()
    const { sandboxes } = world.frame
    const position = world.position('web')
    const all = await Promise.all([1, 2, 3].map(() => sandboxes.ensure(world.owner, position, never)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await sandboxes.ensure(world.owner, position, never)).toEqual(all[0])
    expect((await observed(world)).sandboxes).toEqual([{ component: 'web', ordinal: 0 }])
    await sandboxes.remove(world.owner, position, never)
    await sandboxes.remove(world.owner, position, never)
    expect((await observed(world)).sandboxes).toEqual([])
  })

  test('that ended is started again, one that was cut off is connected again, one that was removed is replaced', async () => {
    await using world = new FrameWorld()
    const { sandboxes } = world.frame
    const position = world.position('web')
    const first = await sandboxes.ensure(world.owner, position, never)
    await world.docker.getContainer(first.id).kill()
    await eventually(async () => ((await observed(world)).sandboxes.length === 0 ? true : undefined))
    expect((await sandboxes.ensure(world.owner, position, never)).id).toBe(first.id)
    await world.docker.getContainer(first.id).remove({ force: true })
    const second = await sandboxes.ensure(world.owner, position, never)
    expect(second.id).not.toBe(first.id)
    const { id } = await ensureNetwork(world.context, world.owner, never)
    await world.docker.getNetwork(id).disconnect({ Container: second.id, Force: true })
    expect((await observed(world)).sandboxes).toEqual([])
    const third = await sandboxes.ensure(world.owner, position, never)
    expect(third.id).toBe(second.id)
    expect((await observed(world)).sandboxes).toHaveLength(1)
    const container = await world.join(third.id, ['ip', '-4', 'addr'])
    await container.wait()
    expect(String(await container.logs({ stdout: true, stderr: true }))).toContain(`inet ${third.address}/20`)
  })

  test('of another hostname is replaced once nothing runs in it', async () => {
    await using world = new FrameWorld()
    const { sandboxes } = world.frame
    const first = await sandboxes.ensure(world.owner, world.position('web'), never)
    const member = await world.join(first.id, ['sleep', '60'], { 'io.minipaas.container': 'web' })
    const renamed = world.position('web', { hostname: 'front' })
    const fault = await faultIn(sandboxes.ensure(world.owner, renamed, never))
    expect(fault).toMatchObject({ kind: 'conflict', code: 'MP4206' })
    expect(fault.message).toMatch(/but web still runs in it/)
    await member.remove({ force: true })
    const second = await sandboxes.ensure(world.owner, renamed, never)
    expect(second.id).not.toBe(first.id)
    expect((await world.docker.getContainer(second.id).inspect()).Config.Hostname).toBe('front')
  })

  test('comes back with its network after somebody removed both', async () => {
    await using world = new FrameWorld()
    const { sandboxes } = world.frame
    const position = world.position('web')
    const first = await sandboxes.ensure(world.owner, position, never)
    await world.docker.getContainer(first.id).kill()
    await world.frame.networks.remove('frame', world.owner, never)
    expect((await sandboxes.ensure(world.owner, position, never)).address).not.toBe('')
  })
})

describe('hints', () => {
  test('tell of containers and networks of the environment, and end with the signal', async () => {
    await using world = new FrameWorld()
    const reading = new AbortController()
    const hints: { readonly replica?: string }[] = []
    const read = async (): Promise<void> => {
      const parts = { context: world.context, containerChanged: () => {}, imagesChanged: () => {} }
      for await (const hint of readHints(parts, world.owner, reading.signal)) hints.push(hint)
    }
    const reader = read()
    const stop = async (): Promise<void> => {
      reading.abort()
      await reader
    }
    await eventually(() => (hints.length === 1 ? true : undefined))
    const { id } = await world.frame.sandboxes.ensure(world.owner, world.position('web'), never)
    await eventually(() => (hints.length > 1 ? true : undefined))
    hints.length = 0
    const container = await world.join(id, ['true'], { 'io.minipaas.replica': 'web--1.0' })
    await eventually(() => (hints.filter(({ replica }) => replica === 'web--1.0').length >= 3 ? true : undefined))
    await container.wait()
    if (await isPodman(world.docker)) return stop()
    hints.length = 0
    await world.docker.getNetwork(names.network(world.context.place, 'frame')).disconnect({ Container: id, Force: true })
    await eventually(() => (hints.length > 0 ? true : undefined))
    await stop()
  })
})

test('environments are those with a container or a network of this state directory', async () => {
  await using world = new FrameWorld()
  await using stranger = new FrameWorld()
  expect(await listEnvironments(world.context, never)).toEqual([])
  await world.frame.volumes.ensure('data', world.owner, never)
  expect(await listEnvironments(world.context, never)).toEqual([])
  await world.frame.networks.ensure('other', { ...world.owner, environment: 'other' }, never)
  await world.frame.sandboxes.prepare(world.owner, world.position('web'), never)
  expect(await listEnvironments(world.context, never)).toEqual(['frame', 'other'])
  expect(await listEnvironments(stranger.context, never)).toEqual([])
})

function subnetOf(text: string): Subnet {
  const subnet = parseSubnet(text)
  if (subnet === undefined) throw new Error(text)
  return subnet
}

async function observed(
  world: FrameWorld,
): Promise<{ sandboxes: readonly unknown[]; networks: readonly string[]; observer: string | undefined }> {
  const { sandboxes, networks, serviceRange: observer } = await world.frame.observer.observe(world.owner, never)
  return { sandboxes, networks, observer }
}
