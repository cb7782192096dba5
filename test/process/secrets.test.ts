import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type CallSettings, expectNothingLeft, get, webPort, withHome } from '../kit/cli.ts'
import { readDiscovery } from '../kit/daemon-process.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { digest, SecretHunt } from '../kit/secret-hunt.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Tells what it was given, as digests: in variables, arguments and files. */
const PROGRAM = `
const { createHash } = require('node:crypto')
const { readdirSync, readFileSync } = require('node:fs')
const digest = (text) => createHash('sha256').update(text).digest('hex')
const files = (place) => readdirSync(place, { withFileTypes: true }).flatMap((entry) => entry.isFile() ? [digest(readFileSync(place + '/' + entry.name))] : [])
require('node:http').createServer((request, response) => {
  if (request.url === '/crash') process.exit(1)
  response.end(JSON.stringify({
    env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, digest(value)])),
    args: process.argv.slice(2).map(digest),
    files: Object.entries(process.env).filter(([name]) => name.startsWith('MINIPAAS_MOUNT_')).flatMap(([, place]) => files(place)),
  }))
}).listen(Number(process.env.PORT))
process.on('SIGTERM', () => process.exit(0))
`

interface Facts {
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly files: readonly string[]
}

/** An application that gets a secret in every way there is. */
function vaultModel(hunt: SecretHunt, round: string): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: vault
spec:
  components:
    - name: keeper
      type: webservice
      properties:
        image: example/keeper:1
        ports:
          - port: 8080
            expose: true
        env:
          - name: ROUND
            value: ${round}
          - name: PLAIN
            valueFrom:
              secretKeyRef:
                name: keys
                key: plain
          - name: CODED
            valueFrom:
              secretKeyRef:
                name: keys
                key: coded
          - name: JOINED
            value: http://user:$(PLAIN)@keeper:8080/
        readinessProbe:
          exec:
            command: [node, -e, "process.exit(process.env.PLAIN ? 0 : 1)"]
          periodSeconds: 1
        volumeMounts:
          secret:
            - name: keys-volume
              mountPath: /keys
              secretName: keys
      traits:
        - type: storage
          properties:
            secret:
              - name: trait-plain
                mountPath: /trait
                mountToEnv:
                  envName: TRAIT_PLAIN
                  secretKey: plain
                stringData:
                  plain: ${hunt.value('trait-plain')}
              - name: trait-coded
                mountToEnv:
                  envName: TRAIT_CODED
                  secretKey: coded
                data:
                  coded: ${base64(hunt.value('trait-coded'))}
        - type: service-binding
          properties:
            envMappings:
              BOUND:
                secret: binding
                key: password
    - name: second
      type: webservice
      properties:
        image: example/second:1
        ports:
          - port: 8081
  policies:
    - name: here
      type: topology
      properties:
        clusters: [local]
    - name: local-keys
      type: override
      properties:
        components:
          - name: second
            traits:
              - type: storage
                properties:
                  secret:
                    - name: override-keys
                      mountToEnv:
                        envName: OVERRIDE
                        secretKey: key
                      stringData:
                        key: ${hunt.value('override')}
  workflow:
    steps:
      - name: deploy
        type: deploy
        properties:
          policies: [here, local-keys]
---
apiVersion: v1
kind: Secret
metadata:
  name: keys
stringData:
  plain: ${hunt.value('plain')}
  lines: |
    first ${hunt.value('first-line')}
    second ${hunt.value('second-line')}
data:
  coded: ${base64(hunt.value('coded'))}
---
apiVersion: v1
kind: Secret
metadata:
  name: binding
stringData:
  password: ${hunt.value('binding')}
`
}

const OVERLAY = `models: [app.yaml]
env: { FROM_DOTENV: "token \${DOTENV}" }
envFiles: [all.env]
components:
  keeper:
    envFiles: [keeper.env]
    run:
      directory: .
      command: [node, program.js, "$(PLAIN)", "--with=$(CODED)"]
      env: { RUN_ENV: "\${DOTENV}", RUN_JOINED: "a $(TRAIT_PLAIN) b" }
  second:
    run: { directory: ., command: [node, program.js] }
`

function writeVault(hunt: SecretHunt, directory: string): void {
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text)
  write('program.js', PROGRAM)
  write('app.yaml', vaultModel(hunt, 'first'))
  write('minipaas.yaml', OVERLAY)
  write('.env', `DOTENV=${hunt.value('dotenv')}\n`)
  write('all.env', `FROM_ALL="${hunt.value('all-env')}"\n`)
  write('keeper.env', `export FROM_KEEPER='${hunt.value('keeper-env')}'\n`)
}

/** A model that never touches a disk of ours. */
function pipedModel(hunt: SecretHunt): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: piped }
spec:
  components:
    - name: drop
      type: webservice
      properties:
        image: example/drop:1
        ports: [{ port: 8082 }]
        env:
          - name: PIPED
            valueFrom: { secretKeyRef: { name: piped-keys, key: key } }
---
apiVersion: v1
kind: Secret
metadata: { name: piped-keys }
stringData: { key: ${hunt.value('piped')} }
`
}

/** Errors in the line of a secret, beside it, and in syntax around it: each prints an excerpt. */
const mistakes: readonly (readonly [string, (model: string, hunt: SecretHunt) => string])[] = [
  [
    'a value that is not base64',
    (model, hunt) => model.replace(`coded: ${base64(hunt.value('coded'))}`, `coded: "!${hunt.value('coded')}"`),
  ],
  ['a value of a wrong type', (model, hunt) => model.replace(`plain: ${hunt.value('plain')}`, `plain: [${hunt.value('plain')}]`)],
  ['a misspelled key', (model) => model.replace('stringData:\n  plain', 'stringdata:\n  plain')],
  [
    'a misspelled key of a trait',
    (model) => model.replace('stringData:\n                  plain', 'stringDatum:\n                  plain'),
  ],
  [
    'an unknown key beside it',
    (model) =>
      model.replace(
        'stringData:\n                        key',
        'mountPth: /x\n                      stringData:\n                        key',
      ),
  ],
  ['a quote that is not closed', (model, hunt) => model.replace(`plain: ${hunt.value('plain')}`, `plain: "${hunt.value('plain')}`)],
  ['a tab in the indentation', (model) => model.replace('  password:', '\tpassword:')],
  ['a duplicate key', (model, hunt) => model.replace('  password:', `  password: ${hunt.value('binding')}\n  password:`)],
  [
    'an anchor without a target',
    (model, hunt) => model.replace(`password: ${hunt.value('binding')}`, `password: *${hunt.value('binding')}`),
  ],
  ['a secret that lost its indentation', (model) => model.replace('  plain: mark', 'plain: mark')],
  [
    'a text in the place of a map',
    (model, hunt) => model.replace(`stringData:\n  password: ${hunt.value('binding')}`, `stringData: ${hunt.value('binding')}`),
  ],
  ['a colon inside a value', (model, hunt) => model.replace(`password: ${hunt.value('binding')}`, `password: a: ${hunt.value('binding')}`)],
  ['an unknown type before it', (model) => model.replace('type: storage', 'type: storge')],
  ['a missing secret key', (model) => model.replace('key: plain', 'key: plan')],
]

/** Everything that people can ask, in both forms. */
async function askEverything(hunt: SecretHunt, settings: CallSettings): Promise<void> {
  const questions = [
    ['status'],
    ['ps'],
    ['ls'],
    ['config'],
    ['explain', 'keeper'],
    ['explain', 'second'],
    ['events', '--after', '0'],
    ['plan'],
    ['validate'],
    ['port', 'keeper', '8080'],
    ['logs'],
    ['logs', '--access'],
    ['requests'],
    ['doctor'],
  ]
  // A program that puts a secret into a path: the edge sees it, nobody else may. One that is never edited, because a daemon that was
  // started later knows no values of earlier edits, and the edge remembers requests for longer than that.
  const secret = hunt.value('binding')
  await get(await webPort(settings), 'keeper.vault.localhost', `/${secret}?key=${secret}`)
  await get(await webPort(settings), 'nobody.vault.localhost', `/${secret}?key=${secret}`)
  for (const question of questions) for (const form of [[], ['--format', 'json']]) await hunt.call([...question, ...form], settings)
  await hunt.searchApi('vault', ['keeper', 'second'])
  hunt.searchFiles()
}

async function factsOf(settings: CallSettings, host: string): Promise<Facts> {
  return JSON.parse((await get(await webPort(settings), host)).text) as Facts
}

test('a secret is where its application gets it, and nowhere else', async () => {
  using scratch = scratchDirectory()
  await using home = withHome()
  await using hunt = new SecretHunt(home)
  const directory = join(scratch.path, 'vault')
  mkdirSync(directory)
  writeVault(hunt, directory)
  const settings = { cwd: directory, env: home.env }
  const succeed = async (...args: readonly string[]) => {
    const called = await hunt.call(args, settings)
    if (called.code !== 0) throw new Error(`minipaas ${args.join(' ')}: ${called.code}\n${called.stdout}${called.stderr}`)
    return called
  }

  await succeed('validate')
  await succeed('plan')
  await succeed('up', '-d', '--wait', '--wait-timeout', '60')
  const expectGiven = async (): Promise<void> => {
    const value = (name: string): string => digest(hunt.value(name))
    const keeper = await factsOf(settings, 'keeper.vault.localhost')
    expect(keeper.env).toMatchObject({
      PLAIN: value('plain'),
      CODED: value('coded'),
      TRAIT_PLAIN: value('trait-plain'),
      TRAIT_CODED: value('trait-coded'),
      BOUND: value('binding'),
      FROM_ALL: value('all-env'),
      FROM_KEEPER: value('keeper-env'),
      FROM_DOTENV: digest(`token ${hunt.value('dotenv')}`),
      RUN_ENV: value('dotenv'),
      RUN_JOINED: digest(`a ${hunt.value('trait-plain')} b`),
    })
    expect(keeper.args).toEqual([value('plain'), digest(`--with=${hunt.value('coded')}`)])
    expect(keeper.files).toEqual(expect.arrayContaining([value('plain'), value('coded'), value('trait-plain')]))
    expect((await factsOf(settings, 'second.vault.localhost')).env).toMatchObject({ OVERRIDE: value('override') })
  }
  await expectGiven()
  expect(hunt.volumeFiles().join('\n')).toContain(hunt.value('plain'))
  await askEverything(hunt, settings)
  expect(hunt.finds).toEqual([])

  // An edit, with a new value of a secret.
  const model = (round: string): string => vaultModel(hunt, round).replace(hunt.value('plain'), hunt.value('plain-2'))
  writeFileSync(join(directory, 'app.yaml'), model('second'))
  const newPlain = async () =>
    (await factsOf(settings, 'keeper.vault.localhost')).env.PLAIN === digest(hunt.value('plain-2')) ? true : undefined
  await eventually(newPlain, 30_000)
  await succeed('restart')
  await askEverything(hunt, settings)
  expect(hunt.finds).toEqual([])

  // Edits that do not load.
  for (const [mistake, damage] of mistakes) {
    const good = model('second').replaceAll(hunt.value('plain-2'), hunt.value('plain'))
    const damaged = damage(good, hunt)
    if (damaged === good) throw new Error(`${mistake}: nothing was damaged`)
    writeFileSync(join(directory, 'app.yaml'), damaged)
    hunt.trying = mistake
    const { stdout, stderr } = await hunt.call(['validate'], settings)
    if (!/app\.yaml:\d+/.test(stdout + stderr)) throw new Error(`${mistake}: not noticed\n${stdout}${stderr}`)
    await hunt.call(['validate', '--format', 'json'], settings)
    await hunt.call(['up', '-d'], settings)
  }
  hunt.trying = ''
  expect(hunt.finds).toEqual([])
  await eventually(async () => ((await succeed('events', '--after', '0')).stdout.includes('model.rejected') ? true : undefined))
  await askEverything(hunt, settings)
  expect(hunt.finds).toEqual([])
  writeFileSync(join(directory, 'app.yaml'), model('third'))
  await succeed('up', '-d', '--wait', '--wait-timeout', '60')
  await eventually(newPlain, 30_000)

  // A crash, and a second daemon that takes over.
  await get(await webPort(settings), 'second.vault.localhost', '/crash').catch(() => undefined)
  const first = readDiscovery(home.path)
  process.kill(first?.pid ?? 0, 'SIGKILL')
  await succeed('ps')
  expect(readDiscovery(home.path)?.pid).not.toBe(first?.pid)
  await succeed('restart', 'keeper')
  await eventually(newPlain, 30_000)
  expect(
    (
      await succeed('exec', 'keeper', '--', 'node', '-p', 'require("crypto").createHash("sha256").update(process.env.PLAIN).digest("hex")')
    ).stdout.trim(),
  ).toBe(digest(hunt.value('plain-2')))
  await succeed('run', 'keeper', '--', 'node', '-p', 'process.env.PLAIN.length')
  await askEverything(hunt, settings)
  expect(hunt.finds).toEqual([])

  // From standard input: the values cannot be read again.
  const piped = { cwd: scratch.path, env: { ...home.env, MINIPAAS_PROJECT_NAME: 'piped' } }
  writeFileSync(join(scratch.path, 'minipaas.yaml'), 'components:\n  drop:\n    run: { directory: vault, command: [node, program.js] }\n')
  expect(await hunt.call(['-f', '-', 'up', '-d', '--wait', '--wait-timeout', '60'], piped, pipedModel(hunt))).toMatchObject({ code: 0 })
  expect((await factsOf(piped, 'drop.piped.localhost')).env.PIPED).toBe(digest(hunt.value('piped')))
  await hunt.call(['-f', '-', 'validate'], piped, pipedModel(hunt).replace('stringData:', 'stringDat:'))
  process.kill(readDiscovery(home.path)?.pid ?? 0, 'SIGKILL')
  for (const question of [['status'], ['restart'], ['config'], ['explain', 'drop'], ['events', '--after', '0']])
    await hunt.call(question, piped)
  await hunt.searchApi('piped', ['drop'])
  hunt.searchFiles()
  await hunt.call(['down'], piped)
  expect(hunt.finds).toEqual([])

  await succeed('down', '-v')
  await expectNothingLeft(home.path)
  await eventually(() => expect(hunt.volumeFiles()).toEqual([]) ?? true)
  expect(hunt.searchFiles()).toBeGreaterThan(0)
  expect(hunt.finds).toEqual([])
  expect([...hunt.seen].sort()).toEqual(['app', 'cli.js', 'daemon.js', 'edge.js', 'guard.js', 'shim'])
}, 300_000)

/** Programs that print their secret and fail: in an init container, a hook and a probe. */
function chattyModel(hunt: SecretHunt): string {
  const print = (tail: string): string => `[node, -e, "console.log('bad token', process.env.TOKEN, process.env.JOINED); ${tail}"]`
  const component = (name: string, more: string): string => `
    - name: ${name}
      type: webservice
      properties:
        image: example/chatty:1
        ports: [{ port: 8080 }]
        env:
          - { name: TOKEN, valueFrom: { secretKeyRef: { name: chatty-keys, key: token } } }
          - { name: JOINED, value: "http://user:$(TOKEN)@example.com/" }${more}`
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: chatty }
spec:
  components:${component(
    'probed',
    `
        readinessProbe: { exec: { command: ${print('process.exit(1)')} }, periodSeconds: 1 }`,
  )}${component(
    'hooked',
    `
      traits:
        - type: lifecycle
          properties: { postStart: { exec: { command: ${print('process.exit(1)')} } } }`,
  )}${component(
    'prepared',
    `
      traits:
        - type: init-container
          properties:
            name: prepare
            image: example/prepare:1
            cmd: [sh]
            env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: chatty-keys, key: token } } }]
            mountName: work
            appMountPath: /import
            initMountPath: /import`,
  )}${component('lost', '')}
---
apiVersion: v1
kind: Secret
metadata: { name: chatty-keys }
stringData: { token: ${hunt.value('chatty')} }
`
}

const CHATTY_OVERLAY = `components:
  probed: { run: { directory: ., command: [node, program.js] } }
  hooked: { run: { directory: ., command: [node, program.js] } }
  prepared:
    run: { directory: ., command: [node, program.js] }
    containers:
      prepare: { run: { directory: ., command: [node, -e, "console.log('bad', process.env.TOKEN); process.exit(1)"] } }
  lost: { run: { directory: ., command: ["no-such-$(TOKEN)"] } }
`

test('what a failing program prints of its secret stays in its own log', async () => {
  using scratch = scratchDirectory()
  await using home = withHome()
  await using hunt = new SecretHunt(home)
  writeFileSync(join(scratch.path, 'program.js'), PROGRAM)
  writeFileSync(join(scratch.path, 'app.yaml'), chattyModel(hunt))
  writeFileSync(join(scratch.path, 'minipaas.yaml'), CHATTY_OVERLAY)
  const settings = { cwd: scratch.path, env: { ...home.env, MINIPAAS_PROJECT_NAME: 'chatty' } }
  await hunt.call(['up', '-d'], settings)
  const told = await eventually(async () => {
    const { stdout } = await hunt.call(['events', '--after', '0'], settings)
    const { stdout: shown } = await hunt.call(['status', '--format', 'json'], settings)
    const parts = [
      'bad token ‹secret chatty-keys/token›',
      'postStart hook of container hooked failed',
      'init container prepare ended',
      'no-such-‹secret',
    ]
    const missing = parts.filter((part) => !(stdout + shown).includes(part))
    if (missing.length > 0) throw new Error(`not told: ${missing.join('; ')}\n${stdout}`)
    return stdout
  }, 40_000)
  expect(told).toContain('step.failed')
  for (const question of [['ps', '-a'], ['status'], ['plan'], ['explain', 'probed'], ['events', '--after', '0', '--format', 'json']])
    await hunt.call(question, settings)
  await hunt.searchApi('chatty', ['probed', 'hooked', 'prepared', 'lost'], ['events?after=0'])
  hunt.searchFiles((path) => path.includes('/logs/') && path.includes('/replicas/'))
  expect(hunt.finds).toEqual([])
  await hunt.call(['down', '-v'], settings)
  await expectNothingLeft(home.path)
  hunt.searchFiles()
  expect(hunt.finds).toEqual([])
}, 120_000)
