import { defineTrait } from '../define.ts'
import { problem } from '../problem.ts'
import { anyOf, decimal, fields, optional, preset } from '../schema.ts'
import { cpuQuantity, memoryQuantity, toResources } from '../shapes/resources.ts'

const cpu = anyOf(cpuQuantity, decimal({ min: 0 }))

const both = optional(fields({ cpu: preset(cpu, 1), memory: preset(memoryQuantity, '2048Mi') }))

/** Requests and limits of the application's container. Source: KubeVela, resource definition. */
export const resource = defineTrait({
  kind: 'trait',
  type: 'resource',
  simulation: { level: 'simulated' },
  parameters: fields({ cpu: optional(cpu), memory: optional(memoryQuantity), requests: both, limits: both }),
  apply: (draft, params, use) => {
    const container = draft.container()
    if (container === undefined) return []
    const { cpu: cores, memory, requests, limits } = params
    if (requests !== undefined) container.set({ requests: toResources(requests) }, use.at('requests'))
    if (limits !== undefined) container.set({ limits: toResources(limits) }, use.at('limits'))
    const [given] = (['cpu', 'memory'] as const).filter((key) => params[key] !== undefined)
    if (given === undefined) return []
    if (requests === undefined && limits === undefined && cores !== undefined && memory !== undefined) {
      container.set({ requests: toResources({ cpu: cores, memory }), limits: toResources({ cpu: cores, memory }) })
      return []
    }
    const message = `"${given}" has an effect only with both "cpu" and "memory" and without "requests" and "limits"`
    return [problem({ code: 'MP2207', severity: 'warning', message, origin: use.at(given), mark: 'key' })]
  },
})
