import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { minipaas } from '../kit/cli.ts'
import { applicationText, nodeComponent, STAY } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { testDocker } from '../kit/docker/engine.ts'
import { PrivateRegistry } from '../kit/docker/private-registry.ts'
import { eventually, throughout } from '../kit/eventually.ts'
import { startLoad } from '../kit/loader.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const LIMIT = 180_000
const HOST = 'web.site.localhost'
const SERVER = `require('http').createServer((_, answer) => answer.end(require('fs').readFileSync('/app/text.txt'))).listen(8080)`
const DOCKERFILE = 'FROM node:22-alpine\nWORKDIR /app\nCOPY server.js text.txt ./\nCMD ["node", "server.js"]\n'

/** A site whose only component is built from the directory `web`. */
function writeSite(world: CliWorld, ref: string): void {
  const properties = {
    image: ref,
    ports: [{ port: 8080, expose: true }],
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
  }
  const traits = [{ type: 'scaler', properties: { replicas: 2 } }]
  world.write('app.yaml', applicationText('site', [{ name: 'web', type: 'webservice', properties, traits }]))
  world.write('minipaas.yaml', 'components: { web: { build: { context: web } } }\n')
  world.write('web/Dockerfile', DOCKERFILE)
  world.write('web/server.js', SERVER)
}

test(
  'a changed directory is built by up --build and reaches the replicas one after the other, without a failed request',
  async () => {
    await using world = new CliWorld()
    const ref = `mptest/site-${world.environment}:1`
    world.removeAtEnd(ref)
    writeSite(world, ref)
    world.write('web/text.txt', 'one')
    const first = await world.try('up', '-d', '--wait', '--wait-timeout', '90')
    expect(first.code).toBe(0)
    expect(first.stderr).toMatch(new RegExp(`^${ref}: \\[3/4\\] COPY server.js text.txt \\./$`, 'm'))
    expect(first.stderr).toMatch(new RegExp(`^${ref}: Built$`, 'm'))
    expect(await world.get(HOST)).toMatchObject({ status: 200, text: 'one' })
    // Nothing changed: nothing is built, nothing moves.
    const { replicas } = await world.component('web')
    expect((await world.try('up', '-d')).stderr).not.toContain('Built')
    world.write('web/text.txt', 'two')
    const url = `http://127.0.0.1:${await world.port()}/`
    using load = startLoad({ url, headers: { host: HOST }, rate: 100, connections: 'reused', limitMs: 10_000 })
    await world.up('--build')
    const report = await load.stop()
    expect(report.failed).toBe(0)
    expect(await world.get(HOST)).toMatchObject({ status: 200, text: 'two' })
    expect((await world.component('web')).replicas.map(({ id }) => id)).not.toEqual(replicas.map(({ id }) => id))
    // `minipaas build` alone moves it as well.
    world.write('web/text.txt', 'three')
    expect((await world.try('build')).stderr).toMatch(new RegExp(`^${ref}: Built$`, 'm'))
    await eventually(async () => ((await world.get(HOST)).text === 'three' ? true : undefined), 30_000)
    await world.call('down', '--rmi', 'local')
    expect(await world.engine.hasImage(ref)).toBe(false)
    expect(await world.expectDown()).toEqual([])
  },
  LIMIT,
)

test(
  'a build that fails is shown with its step, in status too, and the old revision goes on, restarts included',
  async () => {
    await using world = new CliWorld()
    const ref = `mptest/site-${world.environment}:1`
    world.removeAtEnd(ref)
    writeSite(world, ref)
    world.write('web/text.txt', 'one')
    await world.up()
    world.write('web/Dockerfile', DOCKERFILE.replace('CMD', 'RUN echo looking; sleep 0.2; echo "no such module" >&2; exit 3\nCMD'))
    const failed = await world.try('up', '-d', '--build')
    expect(failed.code).toBe(18)
    expect(failed.stderr).toMatch(
      /^failed web: .*failed at step 4\/5, RUN echo looking.* with exit code 3; its last lines: no such module \(MP4310\)$/m,
    )
    expect(failed.stderr).toMatch(/^ {2}\| looking$/m)
    expect(failed.stderr).toMatch(/^ {2}next: correct it and run `minipaas up --build`$/m)
    expect(await world.call('status')).toMatch(/Hold: waits for its image: build .* failed at step 4\/5/)
    const alone = await world.try('build')
    expect(alone.code).toBe(1)
    expect(alone.stderr).toMatch(/^failed mptest\/site.*: MP4310 the build of .* failed at step 4\/5/m)
    await throughout(async () => expect(await world.get(HOST)).toMatchObject({ status: 200, text: 'one' }), 1000)
    // Somebody builds something else under the name: what runs is not that, also after it was killed.
    const other = await testDocker().createContainer({ Image: 'busybox:1.36', HostConfig: { NetworkMode: 'none' } })
    const colon = ref.lastIndexOf(':')
    await other.commit({ repo: ref.slice(0, colon), tag: ref.slice(colon + 1) })
    await other.remove()
    for (const { Id } of await world.engine.running('pod', 'web')) await testDocker().getContainer(Id).kill()
    await eventually(async () => {
      expect((await world.component('web')).replicas.map(({ restarts }) => restarts)).toEqual([1, 1])
      expect(await world.get(HOST)).toMatchObject({ status: 200, text: 'one' })
      return true
    }, 30_000)
  },
  LIMIT,
)

test(
  'without a registry a missing image is one error with the ways out, and runs as soon as somebody loads it',
  async () => {
    await using world = new CliWorld()
    const ref = `127.0.0.1:9/mptest/missing-${world.environment}:1`
    world.write('app.yaml', applicationText('site', [nodeComponent({ name: 'tool', program: STAY, image: ref })]))
    const { code, stderr } = await world.try('up', '-d')
    expect(code).toBe(18)
    // Once while it happens, once as the result.
    expect(stderr.match(/cannot be reached/g)).toHaveLength(2)
    expect(stderr).toMatch(
      /^failed tool: waits for its image: pull .* is not here and its registry 127\.0\.0\.1:9 cannot be reached: .* \(MP4305\)$/m,
    )
    expect(stderr).toMatch(/next: connect .* `docker load -i`, .* `image` or a `build` in minipaas.yaml/)
    expect(await world.call('status')).toMatch(/next: connect and run `minipaas up` again/)
    await world.nameImage('node:22-alpine', ref.slice(0, ref.lastIndexOf(':')), '1')
    await eventually(async () => ((await world.component('tool')).healthy ? true : undefined), 30_000)
    // Offline, and everything is here.
    await world.up()
  },
  LIMIT,
)

test(
  'pull brings the images of a model with the user credentials, and says what it may not have',
  async () => {
    await using registry = await PrivateRegistry.start()
    using config = scratchDirectory()
    await using world = new CliWorld()
    const image = `${registry.host}/team/tool`
    const digest = await registry.publish(testDocker(), 'node:22-alpine', `${image}:1`)
    const login = (password: string): void => {
      mkdirSync(config.path, { recursive: true })
      const auth = Buffer.from(`${registry.user}:${password}`).toString('base64')
      writeFileSync(join(config.path, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    }
    const settings = { ...world.settings, env: { ...world.settings.env, DOCKER_CONFIG: config.path } }
    const tool = (name: string, ref: string): unknown => nodeComponent({ name, program: STAY, image: ref })
    world.write('app.yaml', applicationText('site', [tool('by-tag', `${image}:1`), tool('by-digest', `${image}@${digest}`)]))
    login('wrong')
    const denied = await minipaas(['pull'], settings)
    expect(denied.code).toBe(1)
    expect(denied.stderr).toMatch(new RegExp(`^failed ${image}:1: MP4303 .*does not let you pull`, 'm'))
    expect(denied.stderr).toMatch(
      new RegExp(`next: the credentials of this machine are not accepted; run \`docker login ${registry.host}\``),
    )
    login(registry.password)
    // The daemon reads the configuration anew.
    const pulled = await minipaas(['pull', 'by-tag', '--format', 'json'], settings)
    expect(pulled.code).toBe(0)
    const records = pulled.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.at(-2)).toMatchObject({ type: 'image', ref: `${image}:1`, components: ['by-tag'], state: 'done' })
    expect(records.at(-1)).toEqual({ schemaVersion: 1, type: 'result', exitCode: 0 })
    await testDocker().getImage(`${image}:1`).remove()
    world.removeAtEnd(`${image}:1`)
    const up = await minipaas(['up', '-d', '--wait', '--wait-timeout', '90'], settings)
    expect([up.code, up.stderr]).toEqual([0, expect.stringContaining(`${image}@${digest}: Pulled\n`)])
    await world.call('down')
    await testDocker().getImage(`${image}@${digest}`).remove({ force: true })
  },
  LIMIT,
)
