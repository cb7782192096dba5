import type { ApplyRequest } from '../../wire/requests.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { type Options, parseScales } from '../options.ts'
import { engineWish } from './engine-wish.ts'
import { findModelFiles } from './model-files.ts'

/** What `up` and `plan` ask for, from their options. */
export async function readApplyRequest(invocation: Invocation, io: Io): Promise<ApplyRequest> {
  const { globals, options, operands } = invocation
  return {
    files: [...(await findModelFiles(globals, io))],
    directory: globals.directory,
    envFiles: [...globals.envFiles],
    environment: setVariables(io),
    components: [...operands],
    engine: engineWish(options, io),
    build: options.flag('build'),
    ...pullWish(options),
    removeOrphans: options.flag('removeOrphans'),
    strict: options.flag('strict'),
    scale: { ...parseScales(options.texts('scale'), '--scale') },
    watch: options.enabled('watch'),
    ...clockWish(options),
  }
}

function pullWish(options: Options): Pick<ApplyRequest, 'pull'> {
  const pull = PULLS.find((known) => known === options.text('pull'))
  return pull === undefined ? {} : { pull }
}

function clockWish(options: Options): Pick<ApplyRequest, 'clock' | 'speed'> {
  const clock = options.text('clock')
  const speed = options.amount('speed', '--speed')
  return { ...(clock === 'system' || clock === 'virtual' ? { clock } : {}), ...(speed === undefined ? {} : { speed }) }
}

const PULLS = ['always', 'missing', 'never'] as const

function setVariables(io: Io): Record<string, string> {
  return Object.fromEntries(Object.entries(io.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
