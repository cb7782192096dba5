import type { Hook } from '../../../../src/model/probe.ts'

/** What the program below is told, as JSON. */
export interface NetworkHookCall {
  readonly hook: Exclude<Hook, { by: 'exec' }>
  /** Where the replica is on its network: what a hook asks unless it names a host. */
  readonly address: string
  /** Time for a program that was just started to listen. */
  readonly limitMs: number
}

/**
 * Asks by HTTP or knocks by TCP from the sandbox, which shares the network of the replica and has a Node of ours: the image of the
 * application need not have any program for it. Ends with 0, or with 1 and the reason. Certificates are not checked, as in Kubernetes.
 */
const PROGRAM = `
const { hook, address, limitMs } = JSON.parse(process.argv[1])
const host = hook.host || address
const end = Date.now() + limitMs
function fail(why) { console.error(why); process.exit(1) }
function again(error) {
  if (error.code !== 'ECONNREFUSED' || Date.now() >= end) fail(error.message)
  setTimeout(attempt, 50)
}
function knock() {
  require('net').connect({ host, port: hook.port }).once('connect', () => process.exit(0)).once('error', again)
}
function ask() {
  const headers = {}
  for (const { name, value } of hook.headers) headers[name] = value
  const options = { host, port: hook.port, path: hook.path, headers, agent: false, rejectUnauthorized: false }
  require(hook.scheme).request(options, (answer) => {
    answer.resume()
    if (answer.statusCode >= 200 && answer.statusCode < 400) process.exit(0)
    fail(hook.path + ' answered ' + answer.statusCode)
  }).once('error', again).end()
}
function attempt() { hook.by === 'tcp' ? knock() : ask() }
attempt()
`

export function networkHookCommand(call: NetworkHookCall): readonly string[] {
  return ['node', '-e', PROGRAM, JSON.stringify(call)]
}
