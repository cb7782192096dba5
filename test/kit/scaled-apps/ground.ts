import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CallSettings, expectNothingLeft, withHome } from '../cli.ts'
import { CliWorld } from '../docker/cli-world.ts'
import { scratchDirectory } from '../scratch.ts'

/** Where an application runs: a project of its own, a state directory of its own, and an engine. */
export interface Ground extends AsyncDisposable {
  readonly engine: 'process' | 'docker'
  readonly home: string
  readonly settings: CallSettings
  write(file: string, text: string): void
  /** After `down`: nothing of the application is left. */
  expectDown(): Promise<unknown>
  /** What else there is to know when a test fails. */
  account(): Promise<string>
}

export function processGround(): Ground {
  const home = withHome()
  const scratch = scratchDirectory()
  // A database that refuses root runs as somebody else, in a folder of the project.
  chmodSync(scratch.path, 0o711)
  return {
    engine: 'process',
    home: home.path,
    settings: { cwd: scratch.path, env: home.env },
    write: (file, text) => {
      const path = join(scratch.path, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.draft`, text)
      renameSync(`${path}.draft`, path)
    },
    expectDown: () => expectNothingLeft(home.path),
    account: async () => '',
    [Symbol.asyncDispose]: async () => {
      await home[Symbol.asyncDispose]()
      scratch[Symbol.dispose]()
    },
  }
}

export function dockerGround(): Ground {
  const world = new CliWorld()
  return {
    engine: 'docker',
    home: world.home,
    settings: world.settings,
    write: (file, text) => world.write(file, text),
    expectDown: () => world.expectDown(),
    account: () => world.account(),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
