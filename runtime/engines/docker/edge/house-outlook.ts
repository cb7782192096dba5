import type Docker from 'dockerode'
import type { Clock } from '../../../../src/kernel/clock.ts'
import { silentLogger } from '../../../../src/kernel/logger.ts'
import { messageOf } from '../../../process-identity/system-error.ts'
import type { EngineEndpoint } from '../discovery/endpoint.ts'
import { placeOf } from '../place.ts'
import { HouseImage } from './house-image.ts'
import type { HouseProgramPaths } from './house-programs.ts'

export interface HouseQuestion extends HouseProgramPaths {
  readonly clock: Clock
  readonly home: string
  readonly usualHome: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Whether an engine can have the image of edges and sandboxes, and how it would come to it; nothing is pulled or made. */
export async function houseOutlook(
  { clock, home, usualHome, edgeProgram, metersProgram, environment }: HouseQuestion,
  { docker, endpoint }: { readonly docker: Docker; readonly endpoint: EngineEndpoint },
): Promise<Awaited<ReturnType<HouseImage['outlook']>>> {
  const house = new HouseImage({
    context: { docker, endpoint, clock, logger: silentLogger, place: placeOf(home, usualHome) },
    edgeProgram,
    metersProgram,
    environment,
    pull: () => Promise.reject(new Error('nothing is pulled for a look')),
  })
  try {
    return await house.outlook()
  } catch (error) {
    return { possible: false, how: messageOf(error) }
  }
}
