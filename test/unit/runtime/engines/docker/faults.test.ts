import { describe, expect, test } from '@jest/globals'
import type { EngineEndpoint } from '../../../../../runtime/engines/docker/discovery/endpoint.ts'
import { engineWords, faults, isAway, toFault } from '../../../../../runtime/engines/docker/faults.ts'
import { reportOf } from '../../../../../runtime/engines/docker/health.ts'

/** As the SDK throws it. */
function answer(statusCode: number, message: string): Error {
  const text = `(HTTP code ${statusCode}) server error - ${message} `
  return Object.assign(new Error(text), { statusCode, reason: 'server error', json: { message } })
}

function broken(code: string, message = `connect ${code} /x.sock`): Error {
  return Object.assign(new Error(message), { code })
}

describe('a refusal of the engine', () => {
  test.each([
    [404, 'No such image: web:1', 'not-found', 'MP4207'],
    [500, 'web:1: image not known', 'not-found', 'MP4207'],
    [
      500,
      'driver failed programming external connectivity: Bind for 127.0.0.1:8080 failed: port is already allocated',
      'conflict',
      'MP4208',
    ],
    [500, 'Ports are not available: exposing port TCP 127.0.0.1:80: listen tcp: bind: address already in use', 'conflict', 'MP4208'],
    [500, 'write /var/lib/docker/x: no space left on device', 'unavailable', 'MP4209'],
    [400, 'Minimum memory limit allowed is 6MB', 'invalid', 'MP4211'],
    [400, 'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available', 'invalid', 'MP4211'],
    [400, 'invalid mount config for type "bind": bind source path does not exist: /nowhere', 'invalid', 'MP4106'],
    [
      400,
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "nope": executable file not found in $PATH: unknown',
      'invalid',
      'MP4102',
    ],
    [400, 'failed to create task for container: exec: "/app/run": permission denied: unknown', 'invalid', 'MP4102'],
    [
      500,
      'crun: executable file `nope` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
      'invalid',
      'MP4102',
    ],
    [409, 'Conflict. The container name "/x" is already in use by container "abc".', 'conflict', 'MP4204'],
    [409, 'removal of container abc is already in progress', 'conflict', 'MP4210'],
    [403, 'error while removing network: network x id y has active endpoints', 'in-use', 'MP4205'],
    [409, 'remove data: volume is in use - [abc]', 'in-use', 'MP4205'],
    [500, 'container abc has dependent containers which must be removed before it: def: container already exists', 'in-use', 'MP4205'],
    [409, 'Container abc is not running', 'conflict', 'MP4109'],
    [500, 'can only kill running containers. abc is in state exited: container state improper', 'conflict', 'MP4109'],
    [404, 'No such container: abc', 'not-found', 'MP4210'],
    [401, 'who are you', 'denied', 'MP4210'],
    [503, 'not now', 'unavailable', 'MP4210'],
    [500, 'something else', 'internal', 'MP4210'],
  ] as const)('%i %s', (status, message, kind, code) => {
    const error = toFault(answer(status, message), 'start replica web--1.0')
    expect(error.fault).toMatchObject({ kind, code, message: `the engine could not start replica web--1.0: ${message}` })
    expect(isAway(error)).toBe(false)
  })

  test('in an unknown form keeps its words', () => {
    expect(
      engineWords(Object.assign(new Error('(HTTP code 500) server error - a\n  b '), { statusCode: 500, json: Buffer.from('a') })),
    ).toBe('a b')
  })
})

describe('a connection', () => {
  test.each(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])('that broke with %s means that the engine is away', (code) => {
    const error = toFault(broken(code), 'list containers')
    expect(error.fault).toMatchObject({ kind: 'unavailable', code: 'MP4201', retry: 'soon' })
    expect(isAway(error)).toBe(true)
  })

  test('that hung up means so too', () => {
    expect(isAway(toFault(new Error('socket hang up'), 'list containers'))).toBe(true)
  })

  test('that is not allowed says what to do', () => {
    const { fault } = toFault(broken('EACCES'), 'list containers')
    expect(fault).toMatchObject({ kind: 'denied', code: 'MP4202' })
    expect(fault.next).toMatch(/group docker/)
  })

  test('that was cut off by us is no fault of the engine', () => {
    expect(toFault(new DOMException('enough', 'AbortError'), 'x').fault).toMatchObject({ kind: 'cancelled', code: 'MP9002' })
  })
})

test('faults stay as they are, and mistakes of our own keep their trace', () => {
  const fault = faults.nameTaken('network', 'x')
  expect(toFault(fault, 'y')).toBe(fault)
  expect(toFault(new TypeError('x is not a function'), 'y').fault).toMatchObject({ kind: 'internal', code: 'MP9001' })
  expect(toFault(new TypeError('x is not a function'), 'y').fault.message).toMatch(/faults\.test/)
})

describe('the health of an engine', () => {
  const endpoint: EngineEndpoint = { url: 'unix:///x.sock', strategy: 'Docker', local: true }
  const docker = { Version: '20.10.24', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64', Components: [{ Name: 'Engine' }] }
  const info = {
    OSType: 'linux',
    OperatingSystem: 'Debian',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '1',
    MemoryLimit: true,
    CpuCfsQuota: true,
  }

  test('tells product, version and place', () => {
    const { health, abilities } = reportOf(docker, info, endpoint)
    expect(health).toMatchObject({ state: 'healthy', detail: 'Docker 20.10.24 at unix:///x.sock' })
    expect(health.attributes).toMatchObject({ product: 'Docker', api: '1.41', cgroup: 'v1', rootless: 'false', foundBy: 'Docker' })
    expect(health.attributes).not.toHaveProperty('lacks')
    expect(abilities).toEqual({ freeze: true, stats: true })
  })

  test.each([
    ['Podman', { ...docker, Components: [{ Name: 'Podman Engine' }] }, info],
    ['Docker Desktop', { ...docker, Platform: { Name: 'Docker Desktop 4.30' } }, info],
    ['Docker Desktop', docker, { ...info, OperatingSystem: 'Docker Desktop' }],
    ['OrbStack', docker, { ...info, OperatingSystem: 'OrbStack' }],
    ['Colima', docker, { ...info, Name: 'colima' }],
  ])('knows %s', (product, version, facts) => {
    expect(reportOf(version, facts, endpoint).health.attributes.product).toBe(product)
  })

  test.each([
    [docker, { ...info, OSType: 'windows' }, /windows containers; switch it/],
    [{ ...docker, ApiVersion: '1.39' }, info, /too old/],
  ])('refuses what cannot work', (version, facts, detail) => {
    const { health } = reportOf(version, facts, endpoint)
    expect(health.state).toBe('unhealthy')
    expect(health.detail).toMatch(detail)
  })

  test('without control groups there is no freezing', () => {
    const rootless = {
      ...info,
      SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
      CgroupDriver: 'none',
      MemoryLimit: false,
    }
    const { health, abilities } = reportOf(docker, rootless, endpoint)
    expect(abilities).toEqual({ freeze: false, stats: false })
    expect(health.attributes).toMatchObject({
      rootless: 'true',
      cgroup: 'none',
      lacks: 'freezing and measuring of containers, limits of memory',
    })
    expect(reportOf(docker, { ...rootless, CgroupDriver: 'systemd', CgroupVersion: '2' }, endpoint).abilities.freeze).toBe(true)
  })
})
