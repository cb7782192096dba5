import type { ApplyRequest } from '../../wire/requests.ts'
import type { Io } from '../io.ts'
import type { Options } from '../options.ts'
import { refuseUsage } from '../refusal-error.ts'

const WISHES: readonly ApplyRequest['engine'][] = ['auto', 'docker', 'process']

/** Where replicas should run: `--engine`, else `MINIPAAS_ENGINE`, else the first engine that answers. */
export function engineWish(options: Options, io: Io): ApplyRequest['engine'] {
  const chosen = options.text('engine') ?? (io.env.MINIPAAS_ENGINE || undefined) ?? 'auto'
  const wish = WISHES.find((known) => known === chosen)
  if (wish === undefined) throw refuseUsage(`MINIPAAS_ENGINE is "${chosen}"`, `use one of ${WISHES.join(', ')}`)
  return wish
}
