import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { cliProgram } from '../kit/cli.ts'
import { applicationText, nodeComponent, STAY } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { eventually } from '../kit/eventually.ts'

const LIMIT = 120_000
const SERVE = `
  require('node:http').createServer((request, response) => {
    let bytes = 0
    request.on('data', (data) => (bytes += data.length))
    request.on('end', () => response.end(require('node:os').hostname() + ' ' + bytes))
  }).listen(8080)
  process.on('SIGHUP', () => console.log('reloaded'))
  console.log('up')`
const task = {
  name: 'migrate',
  type: 'task',
  properties: { image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', cmd: ['sh', '-c', 'echo kept > /result; sleep 1; exit 0'] },
}
const init = {
  type: 'init-container',
  properties: {
    name: 'prepare',
    image: 'busybox:1.36',
    cmd: ['sh', '-c', 'echo prepared'],
    mountName: 'd',
    appMountPath: '/d',
    initMountPath: '/d',
  },
}

let world: CliWorld
beforeAll(async () => {
  world = new CliWorld()
  const web = nodeComponent({ name: 'web', program: SERVE, ports: [8080], traits: [init] })
  world.write('app.yaml', applicationText('verbs', [web, nodeComponent({ name: 'box', program: STAY }), task]))
  await world.up('--scale', 'web=2')
}, LIMIT)
afterAll(() => world[Symbol.asyncDispose](), LIMIT)

const file = (name: string): string => join(world.settings.cwd, name)

/** The command line as a child with pipes. */
function start(...args: readonly string[]): ChildProcess {
  const { cwd, env } = world.settings
  return spawn(process.execPath, [cliProgram, ...args], { cwd, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } })
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('close', resolve))

async function piped(args: readonly string[], input: Buffer): Promise<{ readonly code: number | null; readonly output: Buffer }> {
  const child = start(...args)
  const exit = exitOf(child)
  if (child.stdin === null || child.stdout === null) throw new Error('the child has no pipes')
  child.stdin.end(input)
  const output = await buffer(child.stdout)
  return { code: await exit, output }
}

test(
  'cp: files and directories in both directions, and archives on pipes',
  async () => {
    mkdirSync(file('data/sub'), { recursive: true })
    writeFileSync(file('data/a'), 'A')
    writeFileSync(file('data/sub/run'), '#!/bin/sh\necho ran\n', { mode: 0o755 })
    await world.call('cp', 'data', 'box:/tmp/')
    expect(await world.call('exec', 'box', '/tmp/data/sub/run')).toBe('ran\n')
    await world.call('cp', 'box:/tmp/data/.', 'back')
    expect([readFileSync(file('back/a'), 'utf8'), statSync(file('back/sub/run')).mode & 0o777]).toEqual(['A', 0o755])
    const archive = await piped(['cp', 'box:/tmp/data', '-'], Buffer.alloc(0))
    expect(archive.code).toBe(0)
    expect((await piped(['cp', '-', 'web#1:/tmp'], archive.output)).code).toBe(0)
    expect(await world.call('exec', '--index', '1', 'web', 'cat', '/tmp/data/a')).toBe('A')
    expect(await world.try('exec', '--index', '0', 'web', 'cat', '/tmp/data/a')).toMatchObject({ code: 1 })
    expect(await world.try('cp', 'box:/none', '.')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no /none') })
    // What a job leaves is still there after its end.
    await world.call('cp', 'migrate:/result', '.')
    expect(readFileSync(file('result'), 'utf8')).toBe('kept\n')
  },
  LIMIT,
)

test(
  'exec and run: input, output and exit codes',
  async () => {
    const large = Buffer.alloc(20_000_000, 'x')
    const echoed = await piped(['exec', '-T', 'box', 'cat'], large)
    expect([echoed.code, echoed.output.equals(large)]).toEqual([0, true])
    expect(await world.try('exec', 'box', 'sh', '-c', 'echo bad >&2; exit 7')).toEqual({ code: 7, stdout: '', stderr: 'bad\n' })
    expect([126, 127]).toContain((await world.try('exec', 'box', 'no-such-program')).code)
    expect(await world.try('run', 'box', 'sh', '-c', 'echo "$NAME"; exit 3')).toMatchObject({ code: 3 })
    expect(await world.call('run', '-e', 'NAME=ada', 'box', 'sh', '-c', 'echo "$NAME"')).toBe('ada\n')
  },
  LIMIT,
)

test(
  'top, stats, wait and logs of an init container',
  async () => {
    expect(await world.call('top', 'box')).toMatch(/^NAME +UID +PID .*CMD\nbox-0 /)
    expect(await world.call('stats', '--no-stream', 'web')).toMatch(
      /^NAME +CPU % +MEM USAGE\nweb-0 +\d+\.\d% +\d+\.\d MiB\nweb-1 +\d+\.\d% +\d+\.\d MiB\n$/,
    )
    expect(await world.call('wait', 'migrate')).toBe('migrate-0 exited with code 0\n')
    expect(await world.call('logs', '--container', 'prepare', 'web')).toMatch(
      /^web-\d\/prepare \| prepared\nweb-\d\/prepare \| prepared\n$/,
    )
    expect(await world.try('logs', '--container', 'none', 'web')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('prepare, web'),
    })
  },
  LIMIT,
)

test(
  'kill: a signal for the program, and one that ends it',
  async () => {
    await world.call('kill', '-s', 'HUP', '--index', '0', 'web')
    await eventually(async () => ((await world.call('logs', '--container', 'web', 'web')).includes('web-0 | reloaded') ? true : undefined))
    await world.call('kill', '--index', '1', 'web')
    await eventually(async () => {
      const replica = (await world.component('web')).replicas.find(({ ordinal }) => ordinal === 1)
      return replica?.restarts === 1 && replica.phase === 'ready' ? true : undefined
    }, 30_000)
  },
  LIMIT,
)

test(
  'port-forward: ready replicas in turn, until it is interrupted',
  async () => {
    const child = start('port-forward', 'web', ':8080', ':9999')
    const exit = exitOf(child)
    let said = ''
    child.stdout?.on('data', (data: Buffer) => (said += data.toString('utf8')))
    child.stderr?.on('data', (data: Buffer) => (said += data.toString('utf8')))
    const [port, dead] = await eventually(() => {
      const found = [...said.matchAll(/^Forwarding from 127\.0\.0\.1:(\d+) /gm)].map((match) => match[1])
      return found.length === 2 ? found : undefined
    }, 30_000)
    const ask = async (body?: Uint8Array<ArrayBuffer>): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        headers: { connection: 'close' },
        ...(body === undefined ? {} : { method: 'POST', body }),
      })
      return answer.text()
    }
    expect([await ask(), await ask()].sort()).toEqual(['web-0 0', 'web-1 0'])
    expect(await ask(new Uint8Array(5_000_000))).toMatch(/ 5000000$/)
    await expect(fetch(`http://127.0.0.1:${dead}/`)).rejects.toThrow()
    await eventually(() => (said.includes(`forwarding ${dead} -> 9999: `) ? true : undefined))
    child.kill('SIGINT')
    expect(await exit).toBe(0)
  },
  LIMIT,
)

test(
  'a start that fails in its init container ends `up --wait` early, with its output',
  async () => {
    await using failing = new CliWorld()
    const bad = { ...init, properties: { ...init.properties, cmd: ['sh', '-c', 'echo no database; exit 9'] } }
    failing.write('app.yaml', applicationText('bad', [nodeComponent({ name: 'web', program: STAY, traits: [bad] })]))
    const { code, stderr } = await failing.try('up', '--wait', '--wait-timeout', '60')
    expect(code).toBe(18)
    expect(stderr).toMatch(/failed web: keeps failing to start, \d attempts: .*init container prepare ended with exit code 9/)
    expect(stderr).toContain('no database')
  },
  LIMIT,
)

test(
  'doctor shows where the engine was looked for and what it is',
  async () => {
    const { stdout } = await world.try('doctor', '--format', 'json')
    const checks = JSON.parse(stdout) as readonly { readonly name: string; readonly state: string; readonly details?: readonly string[] }[]
    const engine = checks.find(({ name }) => name === 'container engine')
    expect(engine?.state).toBe('ok')
    expect(engine?.details).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^DOCKER_HOST: .* answers$/),
        expect.stringMatching(/^control groups: v[12]/),
        expect.stringMatching(/^storage driver: /),
        expect.stringMatching(/^image of edges and sandboxes: is there/),
      ]),
    )
  },
  LIMIT,
)
