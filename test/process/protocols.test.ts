import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectNothingLeft, minipaas, webPort, withHome } from '../kit/cli.ts'
import { protocolApplication, protocolOverlay } from '../kit/protocols/application.ts'
import { protocolSuite, securePort } from '../kit/protocols/suite.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { freePort } from '../kit/stage.ts'

protocolSuite('processes', async () => {
  const scratch = scratchDirectory()
  const home = withHome()
  const settings = { cwd: scratch.path, env: home.env }
  const call = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await minipaas([...args, '-p', 'protocols'], settings)
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
    return stdout
  }
  const published = { calls: await freePort(), raw: await freePort() }
  writeFileSync(join(scratch.path, 'app.yaml'), protocolApplication('protocols'))
  writeFileSync(join(scratch.path, 'minipaas.yaml'), protocolOverlay(published))
  await call('up', '-d', '--wait', '--wait-timeout', '60')
  return {
    name: 'protocols',
    web: await webPort(settings, ['-p', 'protocols']),
    secure: securePort(await call('status', '--format', 'json')),
    published,
    [Symbol.asyncDispose]: async () => {
      await call('down', '-v')
      await expectNothingLeft(home.path)
      await home[Symbol.asyncDispose]()
      scratch[Symbol.dispose]()
    },
  }
})
