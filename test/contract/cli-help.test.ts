import { expect, test } from '@jest/globals'
import { COMMANDS } from '../../src/cli/catalogue/commands.ts'
import { callCli } from '../kit/cli-run.ts'

// The help text is the contract with people and scripts: a change of it is a change of the command line.

test('help of the program', async () => {
  const { code, stdout } = await callCli(['--help'], { home: '/nowhere' })
  expect(code).toBe(0)
  expect(stdout).toMatchSnapshot()
})

test.each(COMMANDS.map(({ name }) => name))('help of %s', async (name) => {
  const { code, stdout } = await callCli([name, '--help'], { home: '/nowhere' })
  expect(code).toBe(0)
  expect(stdout).toMatchSnapshot()
})
