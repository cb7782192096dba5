import { expect, test } from '@jest/globals'
import { EXIT_CODES } from '../../src/wire/answers.ts'
import { sampleDirectory } from '../kit/cli.ts'
import { applicationText, nodeComponent } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { WHO } from '../kit/docker/network-programs.ts'
import { eventually } from '../kit/eventually.ts'

const LIMIT = 120_000
/** A registry that nobody can reach: the domain is reserved. Source: RFC 2606, section 2. */
const REGISTRY = 'registry.invalid'
const REPOSITORY = `${REGISTRY}/minipaas-test/web`
const IMAGE = `${REPOSITORY}:1`

function model(name: string, image: string): string {
  const web = nodeComponent({ name: 'web', program: WHO, image, ports: [8080], env: { NAME: 'web', PORT: '8080' }, readyPath: '/' })
  return applicationText(name, [web])
}

test(
  'an image that is here needs no registry, nor does a build over one',
  async () => {
    await using world = new CliWorld()
    await world.nameImage('node:22-alpine', REPOSITORY, '1')
    world.write('app.yaml', model('offline', IMAGE))
    await world.up()
    expect((await world.get('web.offline.localhost')).text).toContain('"name":"web"')
    world.write('minipaas.yaml', JSON.stringify({ components: { web: { image: 'localhost/minipaas-test-offline:1', build: 'context' } } }))
    world.write('context/Dockerfile', `FROM ${IMAGE}\nENV NAME=built\n`)
    await world.up()
    expect(await world.engine.hasImage('localhost/minipaas-test-offline:1')).toBe(true)
    await world.call('down', '-v', '--rmi', 'local')
    expect(await world.expectDown()).toEqual([])
    expect(await world.engine.hasImage('localhost/minipaas-test-offline:1')).toBe(false)
    // Not built here, so not ours to remove.
    expect(await world.engine.hasImage(IMAGE)).toBe(true)
  },
  LIMIT,
)

test(
  'an image that is neither here nor to be had is one clear error with the ways out, and goes on when it is there',
  async () => {
    await using world = new CliWorld()
    world.write('app.yaml', model('offline', IMAGE))
    const { code, stderr } = await world.try('up', '-d', '--wait', '--wait-timeout', '30')
    expect([code, stderr]).toEqual([EXIT_CODES.componentFailed, expect.stringContaining(`failed web: waits for its image: pull ${IMAGE}`)])
    // Once, whatever else is told of the way there: bring it here, or name another one, or build it.
    expect(stderr.match(/next: .*/g)).toEqual([expect.stringMatching(/docker load -i.*`image`.*`build`.*minipaas\.yaml/)])
    expect(await world.call('status')).toMatch(/Hold: waits for its image.*registry\.invalid cannot be reached/)

    // One of the ways: it is brought here, and nobody has to say anything.
    await world.nameImage('node:22-alpine', REPOSITORY, '1')
    await eventually(async () => expect((await world.get('web.offline.localhost')).status).toBe(200) ?? true, 60_000)
    await world.call('down')
  },
  LIMIT,
)

test(
  'a sample whose images are all built here comes up with what the engine has',
  async () => {
    await using world = new CliWorld({ directory: sampleDirectory('samples/oam/orders') })
    await world.up()
    const seen = world.events().flatMap((event) => (event.type === 'step.started' ? [event.action] : []))
    expect(await world.engine.hasImage('localhost/orders-frontend:1')).toBe(true)
    expect(seen).not.toContain('pullImage')
    await world.call('down', '-v', '--rmi', 'local')
  },
  LIMIT,
)
