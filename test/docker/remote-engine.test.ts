import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterAll, expect, test } from '@jest/globals'
import { openClient } from '../../runtime/engines/docker/client.ts'
import { DockerEngine } from '../../runtime/engines/docker/engine.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { silentLogger } from '../../src/kernel/logger.ts'
import { testEndpoint } from '../kit/docker/engine.ts'
import { addressOf } from '../kit/docker/engine-http.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal
const owner = { environment: 'remote', instance: 'test' }
const scratch = scratchDirectory()
const environment = { HOME: scratch.path, PATH: `${scratch.path}:${process.env.PATH ?? ''}` }
afterAll(() => scratch[Symbol.dispose]())

function engineAt(host: string): DockerEngine {
  const options = {
    home: scratch.path,
    usualHome: '/usual',
    clock: systemClock,
    logger: silentLogger,
    edgeProgram: '/nowhere',
    metersProgram: '/nowhere',
  }
  return new DockerEngine({ ...options, environment: { ...environment, DOCKER_HOST: host } })
}

async function use(engine: DockerEngine): Promise<void> {
  await engine.volumes.ensure('data', owner, never)
  expect((await engine.observe(owner, never)).volumes).toEqual(['data'])
  await engine.volumes.remove('data', owner, never)
}

/** A program called ssh that writes down how it was called and leads to the engine of this run, as `docker system dial-stdio` does. */
function pretendSsh(): void {
  const { socketPath = '', host = '', port = 0 } = addressOf(testEndpoint()) as { socketPath?: string; host?: string; port?: number }
  const target = socketPath === '' ? { host, port } : { path: socketPath }
  const script = `#!${process.execPath}
const { appendFileSync } = require('node:fs')
appendFileSync(${JSON.stringify(`${scratch.path}/calls`)}, process.argv.slice(2).join(' ') + '\\n')
const socket = require('node:net').connect(${JSON.stringify(target)})
process.stdin.pipe(socket).pipe(process.stdout)
`
  writeFileSync(`${scratch.path}/ssh`, script)
  chmodSync(`${scratch.path}/ssh`, 0o755)
}

test('an engine is used through ssh, streams included', async () => {
  pretendSsh()
  const engine = engineAt('ssh://ann@box:2222')
  expect(await engine.probe(never)).toMatchObject({
    state: 'healthy',
    attributes: { endpoint: 'ssh://ann@box:2222', foundBy: 'DOCKER_HOST' },
  })
  await use(engine)
  const reading = new AbortController()
  for await (const _first of engine.hints(owner, reading.signal)) reading.abort()
  await engine.release()
  const [call] = readFileSync(`${scratch.path}/calls`, 'utf8').split('\n')
  expect(call).toMatch(/^-l ann -p 2222 .*-T -- box docker system dial-stdio$/)
})

test('a connection through ssh can be taken over by a container', async () => {
  pretendSsh()
  const { docker, close } = await openClient({ url: 'ssh://box', strategy: 'test', local: false }, environment)
  const container = await docker.createContainer({
    Image: 'busybox:1.36',
    Cmd: ['cat'],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: { NetworkMode: 'none' },
  })
  try {
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true })
    await container.start()
    let said = ''
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
    })
    stream.write('there and back\n')
    stream.end()
    await eventually(() => (said.includes('there and back\n') ? true : undefined))
    await container.wait()
  } finally {
    await container.remove({ force: true })
    close()
  }
})

test('what ssh complains about is told', async () => {
  writeFileSync(`${scratch.path}/ssh`, `#!/bin/sh\necho 'ann@box: Permission denied (publickey).' >&2\nexit 255\n`)
  chmodSync(`${scratch.path}/ssh`, 0o755)
  const { state, detail } = await engineAt('ssh://ann@box').probe(never)
  expect(state).toBe('absent')
  expect(detail).toContain('DOCKER_HOST: ssh://ann@box: ssh ended with 255: ann@box: Permission denied (publickey).')
})

test('an engine is used over tcp', async () => {
  const server = createServer((near) => {
    const { socketPath } = addressOf(testEndpoint()) as { socketPath?: string }
    const far = socketPath === undefined ? connect(addressOf(testEndpoint()) as { host: string; port: number }) : connect(socketPath)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const engine = engineAt(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await use(engine)
  await engine.release()
  await new Promise((resolve) => server.close(resolve))
})
