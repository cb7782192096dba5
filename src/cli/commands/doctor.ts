import { unreachable } from '../../kernel/fault.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { DoctorCheck } from '../../wire/views.ts'
import type { Client } from '../client/client.ts'
import { authorityCheck } from '../doctor/authority-check.ts'
import { runCheck } from '../doctor/check.ts'
import { MACHINE_CHECKS } from '../doctor/machine-checks.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import type { Paint } from '../render/paint.ts'

/** Checks this machine: what is wrong, and what would fix it. Needs no daemon. */
export async function doctor(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { globals, host } = invocation
  const patient = { home: host.place.home, directory: globals.directory, uniqueName: io.uniqueName(), clock: io.clock }
  const checks: DoctorCheck[] = []
  for (const check of [...MACHINE_CHECKS, authorityCheck(await host.trustTools()), ...(await host.engineChecks())]) {
    const found = await runCheck(check, patient)
    checks.push(found)
    if (globals.format === 'text') io.stdout.write(render(found, globals.out))
  }
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify(checks, null, 2)}\n`)
  return checks.some((check) => check.state === 'failed') ? EXIT_CODES.failed : EXIT_CODES.ok
}

function render(check: DoctorCheck, paint: Paint): string {
  const fix = check.fix === undefined ? '' : `    ${paint.dim('fix:')} ${check.fix}\n`
  const details = (check.details ?? []).map((line) => `    ${line}\n`).join('')
  return `${mark(check.state, paint)} ${check.name}: ${check.detail}\n${details}${fix}`
}

function mark(state: DoctorCheck['state'], paint: Paint): string {
  switch (state) {
    case 'ok':
      return paint.green('✔')
    case 'warning':
      return paint.yellow('!')
    case 'failed':
      return paint.red('✘')
    default:
      return unreachable(state)
  }
}
