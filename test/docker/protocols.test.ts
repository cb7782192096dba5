import { CliWorld } from '../kit/docker/cli-world.ts'
import { protocolApplication, protocolOverlay } from '../kit/protocols/application.ts'
import { protocolSuite, securePort } from '../kit/protocols/suite.ts'
import { freePort } from '../kit/stage.ts'

protocolSuite('Docker', async () => {
  const world = new CliWorld()
  const [calls, raw] = [await freePort(), await freePort()]
  const published = { calls, raw }
  world.write('app.yaml', protocolApplication('protocols'))
  world.write('minipaas.yaml', protocolOverlay(published))
  await world.up()
  return {
    name: 'protocols',
    web: await world.port(),
    secure: securePort(await world.call('status', '--format', 'json')),
    published,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
})
