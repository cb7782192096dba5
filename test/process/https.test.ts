import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { expect, test } from '@jest/globals'
import { issueCertificate, makeAuthority } from '../../runtime/certificates/certificate.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { type CallSettings, expectNothingLeft, leftovers, minipaas, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const DAY = 86_400_000
const PROGRAM = `
require('node:http').createServer((request, response) => {
  response.end('scheme ' + request.headers['x-forwarded-proto'] + ' at ' + request.url)
}).listen(Number(process.env.PORT))
process.on('SIGTERM', () => process.exit(0))
`

/** A gateway with a Secret for one host, and one whose Secret somebody else makes in the cloud. */
const indented = (text: string): string => text.trim().replace(/^/gm, '    ')
const model = (chain: string, key: string): string => `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: till
spec:
  components:
    - name: front
      type: webservice
      properties:
        image: example/front:1
        ports:
          - port: 8080
            expose: true
      traits:
        - type: gateway
          properties:
            name: own
            domain: own.example.com
            secretName: own-tls
            http:
              "/": 8080
        - type: gateway
          properties:
            name: issued
            domain: issued.example.com
            secretName: made-by-cert-manager
            http:
              "/": 8080
---
apiVersion: v1
kind: Secret
metadata:
  name: own-tls
type: kubernetes.io/tls
stringData:
  tls.crt: |
${indented(chain)}
  tls.key: |
${indented(key)}
`

interface Seen {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
  readonly issuer: string | undefined
}

/** One request under a host name that need not resolve, by the scheme and port of the URL. */
function ask(url: string, ca = ''): Promise<Seen> {
  const { protocol, hostname, port, pathname, search } = new URL(url)
  const shared: RequestOptions = {
    host: '127.0.0.1',
    port,
    path: pathname + search,
    headers: { host: `${hostname}:${port}` },
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const asking = protocol === 'https:' ? request({ ...shared, servername: hostname, ca }) : plainRequest(shared)
    asking.on('error', reject).on('response', (response) => {
      const issuer = protocol === 'https:' ? (response.socket as TLSSocket).getPeerX509Certificate()?.issuer : undefined
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8')
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location, text, issuer }))
    })
    asking.end()
  })
}

/** Outside addresses of the only component. */
async function addresses(settings: CallSettings): Promise<readonly string[]> {
  const { stdout } = await minipaas(['status', '--format', 'json'], settings)
  return [...stdout.matchAll(/"(https?:\/\/[^"]+)"/g)].map(([, url]) => url ?? '')
}

function writeProgram(directory: string): void {
  writeFileSync(join(directory, 'front.js'), PROGRAM)
  const command = JSON.stringify([process.execPath, 'front.js'])
  writeFileSync(join(directory, 'minipaas.yaml'), `components:\n  front:\n    run:\n      command: ${command}\n`)
}

test('a gateway with a Secret is served over https, and plain HTTP leads there', async () => {
  using scratch = scratchDirectory()
  await using home = withHome()
  const directory = join(scratch.path, 'till')
  mkdirSync(directory)
  const ca = makeAuthority('authority of the user', systemClock.now(), DAY)
  const write = (): string => {
    const issued = issueCertificate(ca, ['own.example.com'], systemClock.now(), DAY)
    writeFileSync(join(directory, 'app.yaml'), model(issued.certificate, issued.key))
    return new X509Certificate(issued.certificate).serialNumber
  }
  write()
  writeProgram(directory)
  const settings = { cwd: directory, env: home.env }
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const called = await minipaas(args, settings)
    if (called.code !== 0) throw new Error(`minipaas ${args.join(' ')}: ${called.code}\n${called.stdout}${called.stderr}`)
    return called.stdout
  }

  await succeed('up', '-d', '--engine', 'process', '--wait', '--wait-timeout', '60')
  const [own, issued] = await eventually(async () => {
    const urls = (await addresses(settings)).filter((url) => url.startsWith('https://'))
    return urls.length === 3 ? urls : undefined
  })
  if (own === undefined || issued === undefined) throw new Error('two addresses')
  expect([own, issued].map((url) => new URL(url).hostname)).toEqual(['own.example.com', 'issued.example.com'])

  const shown = await ask(`${own}/a?b=c`, ca.certificate)
  expect(shown).toMatchObject({ status: 200, text: 'scheme https at /a?b=c', issuer: 'O=minipaas\nCN=authority of the user' })
  const local = readFileSync(join(home.path, 'authority', 'minipaas-authority.pem'), 'utf8')
  expect(await ask(`${issued}/`, local)).toMatchObject({ status: 200, issuer: expect.stringContaining('minipaas local authority') })
  const secure = new URL(own).port
  expect(await ask(`https://front.till.localhost:${secure}/`, local)).toMatchObject({ status: 200 })

  const web = (await addresses(settings)).find((url) => url.startsWith('http://front.till.localhost:')) ?? ''
  const { port } = new URL(web)
  expect(await ask(`http://own.example.com:${port}/a?b=c`)).toMatchObject({
    status: 308,
    location: `https://own.example.com:${secure}/a?b=c`,
  })
  expect(await ask(web)).toMatchObject({ status: 200, text: 'scheme http at /' })

  // A Secret that is changed shows its new certificate, without a new replica.
  const before = await ask(`${own}/`, ca.certificate)
  expect(before.status).toBe(200)
  const serial = write()
  await eventually(() => serialOf(own, ca.certificate).then((seen) => (seen === serial ? true : undefined)), 30_000)

  // Keys of the model are the edge's, and nowhere else in what is kept; the authority's is in its own file only.
  const key = (JSON.parse(readFileSync(join(home.path, 'authority', 'authority.json'), 'utf8')) as { readonly key: string }).key
  expect(key).toContain('PRIVATE KEY')
  const state = readFileSync(join(home.path, 'environments', 'till', 'state.json'), 'utf8')
  expect(state).not.toContain('PRIVATE KEY')
  const table = readFileSync(tablePath(home.path), 'utf8')
  expect(table).toContain('PRIVATE KEY')
  expect(table).not.toContain(JSON.stringify(key).slice(1, -1))

  expect(await succeed('trust', '--print')).toContain(join(home.path, 'authority', 'minipaas-authority.pem'))
  await succeed('down')
  await expectNothingLeft(home.path)
}, 90_000)

test('after `trust` the next up serves https, also without a gateway, and an edge that was killed does so again', async () => {
  using scratch = scratchDirectory()
  await using home = withHome()
  const directory = join(scratch.path, 'till')
  mkdirSync(directory)
  writeFileSync(join(directory, 'app.yaml'), model('x', 'y').replace(/ {6}traits:[\s\S]*/, ''))
  writeProgram(directory)
  const settings = { cwd: directory, env: home.env }
  const up = async (): Promise<void> => {
    const called = await minipaas(['up', '-d', '--engine', 'process', '--wait', '--wait-timeout', '60'], settings)
    if (called.code !== 0) throw new Error(`${called.stdout}${called.stderr}`)
  }
  await up()
  expect((await addresses(settings)).filter((url) => url.startsWith('https://'))).toEqual([])
  expect(existsSync(join(home.path, 'authority'))).toBe(false)
  expect((await minipaas(['trust', '--print'], settings)).code).toBe(0)
  const authority = readFileSync(join(home.path, 'authority', 'minipaas-authority.pem'), 'utf8')
  await up()
  const url = await eventually(async () =>
    (await addresses(settings)).find((address) => address.startsWith('https://front.till.localhost:')),
  )
  expect(await ask(`${url}/`, authority)).toMatchObject({ status: 200, text: 'scheme https at /' })

  const edge = (await leftovers(home.path)).processes.find(({ command }) => /\bedge\.js\b/.test(command))
  if (edge === undefined) throw new Error('no edge')
  process.kill(edge.pid, 'SIGKILL')
  await eventually(() => ask(`${url}/`, authority).then(({ status }) => (status === 200 ? true : undefined)), 30_000)
  await minipaas(['down'], settings)
  await expectNothingLeft(home.path)
}, 90_000)

function tablePath(home: string): string {
  const path = join(home, 'environments', 'till', 'edge', 'table.json')
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  return path
}

function serialOf(url: string, ca: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, servername: hostname, ca, agent: false }, (response) => {
      resolve((response.socket as TLSSocket).getPeerX509Certificate()?.serialNumber)
      response.resume()
    })
    asking.on('error', reject)
    asking.end()
  })
}
