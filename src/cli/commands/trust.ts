import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuse, refuseUsage } from '../refusal-error.ts'
import { commandLine, otherClients } from '../trust/other-clients.ts'
import { type SystemStore, systemStore } from '../trust/system-store.ts'
import type { AuthorityFile, TrustTools } from '../trust/trust-tools.ts'

/**
 * Makes the local authority and lets this system trust it, or says how: nothing is changed unless somebody says yes to the very
 * commands that are run. Needs no daemon.
 */
export async function trust(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { options, globals, host } = invocation
  const wish = { print: options.flag('print'), yes: options.flag('yes'), uninstall: options.flag('uninstall') }
  if (wish.print && wish.yes) throw refuseUsage('trust: --print changes nothing and --yes does; give one of them')
  const tools = await host.trustTools()
  const authority = wish.uninstall ? tools.find() : tools.ensure()
  if (authority === undefined) {
    io.stderr.write('There is no local authority, so nothing trusts it.\n')
    return EXIT_CODES.ok
  }
  const store = systemStore(authority, tools)
  const trusted = store !== undefined && (await store.trusts())
  const commands = store === undefined ? [] : wish.uninstall ? store.remove : store.install
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify(asJson(authority, { store, trusted, commands }), null, 2)}\n`)
  else io.stdout.write(describe(authority, { tools, store, trusted, commands, uninstall: wish.uninstall }))
  if (wish.print || store === undefined) return EXIT_CODES.ok
  if (trusted !== wish.uninstall) {
    io.stderr.write(trusted ? 'This system trusts it already.\n' : 'This system does not trust it.\n')
    return EXIT_CODES.ok
  }
  if (!wish.yes && !(await agrees(io, tools, globals.format))) {
    io.stderr.write('Nothing was changed. Run the commands above yourself, or "minipaas trust" with --yes.\n')
    return EXIT_CODES.ok
  }
  await runAll(commands, tools, io)
  io.stderr.write(
    wish.uninstall ? `Removed from ${store.name}.\n` : `Added to ${store.name}. What runs is served over https from its next up.\n`,
  )
  return EXIT_CODES.ok
}

/** Only a person at a terminal can be asked. */
async function agrees(io: Io, tools: TrustTools, format: 'text' | 'json'): Promise<boolean> {
  if (format === 'json' || !io.stdin.isTTY || !io.stderr.isTTY) return false
  return await tools.confirm('Run these commands? [y/N] ')
}

async function runAll(commands: readonly (readonly string[])[], tools: TrustTools, io: Io): Promise<void> {
  for (const command of commands) {
    io.stderr.write(`$ ${commandLine(command)}\n`)
    const code = await tools.run(command, 'show')
    if (code === 0) continue
    throw refuse('MP8110', 'failed', {
      message: `"${commandLine(command)}" ${code === undefined ? 'could not be started' : `ended with code ${code}`}`,
      next: 'Run the commands above yourself, as somebody who may change what this system trusts.',
    })
  }
}

interface Plan {
  readonly store: SystemStore | undefined
  readonly trusted: boolean
  readonly commands: readonly (readonly string[])[]
}

function describe(authority: AuthorityFile, plan: Plan & { readonly tools: TrustTools; readonly uninstall: boolean }): string {
  const { store, commands, tools, uninstall } = plan
  const lines = [
    `${authority.name}`,
    `  certificate  ${authority.path}`,
    `  vouches for  ${authority.permitted.join(', ')}, names below them and the loopback addresses; nothing else`,
    '  its key stays in the state directory, readable by you only',
    '',
  ]
  if (store === undefined) lines.push('No way is known here to change what the system trusts.')
  else
    lines.push(`To ${uninstall ? 'remove it from' : 'add it to'} ${store.name}:`, ...commands.map((command) => `  ${commandLine(command)}`))
  if (!uninstall) {
    const clients = otherClients(authority, tools)
    const width = Math.max(...clients.map(([client]) => client.length))
    lines.push('', 'Programs with a list of their own:', ...clients.map(([client, how]) => `  ${client.padEnd(width)}  ${how}`))
  }
  return `${lines.join('\n')}\n`
}

function asJson(authority: AuthorityFile, { store, trusted, commands }: Plan): Readonly<Record<string, unknown>> {
  const { name, path, notAfter, permitted } = authority
  return { schemaVersion: 1, authority: { name, path, notAfter, permitted }, store: store?.name ?? null, trusted, commands }
}
