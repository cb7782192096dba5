import type { DefinitionView } from '../definitions/definition.ts'
import { appliedSources } from '../dialects/step-components.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { ComponentSource } from '../model/component.ts'
import type { ComponentKey } from '../model/names.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import type { AppliedModel } from './input.ts'
import { RefusalError } from './ports.ts'

/** Counts that came with a model (`up --scale web=3`), by component; refused before anything happens when one of them cannot be meant. */
export type AskedScale = ReadonlyMap<ComponentKey, number>

export function readScale(order: ApplyOrder, models: readonly AppliedModel[], definitions: DefinitionView): AskedScale {
  const sources = models.flatMap(({ model }) => appliedSources(model.workflow.steps))
  return new Map(
    Object.entries(order.scale).map(([name, replicas]) => {
      const source = findSource(name, sources)
      if (definitions.find('component', source.type.type)?.workload === 'Job') {
        throw new RefusalError(409, {
          code: 'MP8012',
          message: `${source.key} runs to completion and cannot be scaled`,
          next: 'its "count" is in the model',
        })
      }
      return [source.key, replicas]
    }),
  )
}

function findSource(name: string, sources: readonly ComponentSource[]): ComponentSource {
  const exact = sources.find(({ key }) => key === name)
  if (exact !== undefined) return exact
  const named = new Map(sources.filter((source) => source.name === name).map((source) => [source.key, source]))
  const [found] = named.values()
  if (found !== undefined && named.size === 1) return found
  const known = [...new Set(sources.map(({ key }) => key))].sort()
  if (named.size > 1) {
    const keys = [...named.keys()].join(', ')
    throw new RefusalError(409, { code: 'MP8005', message: `"${name}" exists in several namespaces`, next: `say one of: ${keys}` })
  }
  throw new RefusalError(404, {
    code: 'MP8004',
    message: `--scale: there is no component "${name}" in the model`,
    next: didYouMean(name, known) ?? `it has: ${known.join(', ')}`,
  })
}
