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
  const clear = async (): Promise<void> => {
    await home[Symbol.asyncDispose]()
    scratch[Symbol.dispose]()
  }
  try {
    await call('up', '-d', '--wait', '--wait-timeout', '60')
    const web = await webPort(settings, ['-p', 'protocols'])
    const secure = securePort(await call('status', '--format', 'json'))
    const end = async (): Promise<void> => {
      await call('down', '-v')
      await expectNothingLeft(home.path)
      await clear()
    }
    return { name: 'protocols', web, secure, published, [Symbol.asyncDispose]: end }
  } catch (error) {
    await clear()
    throw error
  }
})
