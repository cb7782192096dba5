import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testDocker } from '../kit/docker/engine.ts'
import { faultIn, ImageWorld } from '../kit/docker/image-world.ts'
import { PrivateRegistry } from '../kit/docker/private-registry.ts'

let registry: PrivateRegistry
/** `127.0.0.1:<port>/team/tool`, which only the registry has. */
let image = ''
let digest = ''

beforeAll(async () => {
  registry = await PrivateRegistry.start()
  image = `${registry.host}/team/tool`
  digest = await registry.publish(testDocker(), 'busybox:1.36', `${image}:1`)
}, 60_000)

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
})

const basic = (user: string, password: string): string => Buffer.from(`${user}:${password}`).toString('base64')
const loggedIn = (): unknown => ({ auths: { [registry.host]: { auth: basic(registry.user, registry.password) } } })

describe('a private registry', () => {
  test('gives its image to a user who has logged in, with progress', async () => {
    await using world = new ImageWorld()
    world.configure(loggedIn())
    const figures = await world.pull(`${image}:1`)
    const [done, total] = figures.at(-1) ?? [0, 0]
    expect(total).toBeGreaterThan(1_000_000)
    expect(done).toBe(total)
    expect(await world.images.has(`${image}:1`, new AbortController().signal)).toBe(true)
    expect(await world.run(`${image}:1`, 'echo', 'ran')).toBe('ran\n')
    // What is here already is soon done, and nothing moves.
    expect(await world.pull(`${image}:1`)).toEqual([])
  })

  test('gives exactly what a digest names', async () => {
    await using world = new ImageWorld()
    world.configure(loggedIn())
    const pinned = `${image}:1@${digest}`
    await world.pull(pinned)
    expect(await world.run(pinned, 'echo', 'ran')).toBe('ran\n')
    const names = (await world.images.list(new AbortController().signal)).map(({ name }) => name)
    expect(names).toContain(`${image}@${digest}`)
    const fault = await faultIn(world.pull(`${image}@sha256:${'0'.repeat(64)}`))
    expect(fault).toMatchObject({ kind: 'not-found', code: 'MP4301', retry: 'never' })
  })

  test('says what is wrong with the password, without saying the password', async () => {
    await using world = new ImageWorld()
    world.configure({ auths: { [registry.host]: { auth: basic(registry.user, 'wrong-8') } } })
    const fault = await faultIn(world.pull(`${image}:1`))
    expect(fault).toMatchObject({ kind: 'denied', code: 'MP4303', retry: 'never' })
    expect(fault.next).toBe(
      `the credentials of this machine are not accepted; run \`docker login ${registry.host}\` and then \`minipaas up\` again`,
    )
    expect(JSON.stringify([fault, world.logged])).not.toContain('wrong-8')
  })

  test('asks a user without credentials to log in', async () => {
    await using world = new ImageWorld()
    const fault = await faultIn(world.pull(`${image}:1`))
    expect(fault).toMatchObject({ kind: 'denied', code: 'MP4303', retry: 'never' })
    expect(fault.message).toContain(`${registry.host} does not let you pull image ${image}:1`)
    expect(fault.next).toBe(`run \`docker login ${registry.host}\` and then \`minipaas up\` again`)
  })

  test('that has no such tag says so', async () => {
    await using world = new ImageWorld()
    world.configure(loggedIn())
    const fault = await faultIn(world.pull(`${image}:nope`))
    expect(fault).toMatchObject({ kind: 'not-found', code: 'MP4301', retry: 'never' })
    expect(fault.next).toMatch(/^check the name and the tag; or load the image .* `docker load -i`/)
  })

  test('is asked with what a credential helper answers', async () => {
    await using world = new ImageWorld()
    const answer = JSON.stringify({ ServerURL: registry.host, Username: registry.user, Secret: registry.password })
    world.write(
      'bin/docker-credential-mptest',
      `#!/bin/sh\n[ "$1" = get ] || exit 1\nread server\n[ "$server" = "${registry.host}" ] || exit 1\necho '${answer}'\n`,
      0o755,
    )
    world.configure({ credHelpers: { [registry.host]: 'mptest' } })
    await world.pull(`${image}:1`)
    world.configure({ credsStore: 'mptest', auths: { [registry.host]: {} } })
    await world.docker.getImage(`${image}:1`).remove()
    await world.pull(`${image}:1`)
  })

  test('is asked as anybody when the helper is broken, and the reason is told with the refusal', async () => {
    await using world = new ImageWorld()
    world.configure({ credsStore: 'mptest-missing' })
    const fault = await faultIn(world.pull(`${image}:1`))
    expect(fault.code).toBe('MP4303')
    expect(fault.message).toMatch(/credentials could not be had: .*docker-credential-mptest-missing/)
    expect(world.logged.join()).toMatch(/credentials of a registry cannot be had/)
    world.write('bin/docker-credential-mptest-missing', '#!/bin/sh\necho "the key ring is locked" >&2\nexit 2\n', 0o755)
    expect((await faultIn(world.pull(`${image}:1`))).message).toMatch(/ended with code 2: the key ring is locked/)
  })

  test('gives the base of a build to a user who has logged in', async () => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', `ARG TAG=nope\nFROM ${image}:$TAG\nENV BUILT=1\n`)
    const denied = await faultIn(world.build('mptest/private:1', { args: { TAG: '1' } }))
    expect(denied.code).toBe('MP4303')
    expect(denied.message).toMatch(/^image mptest\/private:1 cannot be built, because its base is missing:/)
    world.configure(loggedIn())
    world.name(`${image}:1`)
    await world.build('mptest/private:1', { args: { TAG: '1' } })
  })
})

describe('no registry', () => {
  test('that answers is one error with the three ways out', async () => {
    await using world = new ImageWorld()
    const fault = await faultIn(world.pull('127.0.0.1:9/team/tool:1'))
    expect(fault).toMatchObject({ kind: 'unavailable', code: 'MP4305', retry: 'never' })
    expect(fault.message).toMatch(
      /^image 127.0.0.1:9\/team\/tool:1 is not here and its registry 127.0.0.1:9 cannot be reached: .*connection refused/,
    )
    expect(fault.next).toBe(
      'connect and run `minipaas up` again; or load the image from an archive with `docker load -i`, or give the component an `image` or a `build` in minipaas.yaml',
    )
  })

  test('has an image without a proper name', async () => {
    await using world = new ImageWorld()
    expect(await faultIn(world.pull('Team/Tool'))).toMatchObject({ kind: 'invalid', code: 'MP4309', retry: 'never' })
  })

  test('that does not answer holds up whoever gives up', async () => {
    await using world = new ImageWorld()
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const stop = new AbortController()
    const pull = world.images.pull(`127.0.0.1:${port}/team/tool:1`, () => {}, stop.signal)
    pull.catch(() => undefined)
    await new Promise<void>((resolve) => silent.once('connection', () => resolve()))
    stop.abort(new DOMException('no longer wanted', 'AbortError'))
    await expect(pull).rejects.toMatchObject({ name: 'AbortError' })
    silent.close()
  })
})
