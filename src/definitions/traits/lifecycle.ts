import { defineTrait } from '../define.ts'
import { fields, optional } from '../schema.ts'
import { hook, toHook } from '../shapes/probes.ts'

/** What every container does after its start and before its end. Source: KubeVela, lifecycle definition. */
export const lifecycle = defineTrait({
  kind: 'trait',
  type: 'lifecycle',
  simulation: { level: 'simulated' },
  parameters: fields({ postStart: optional(hook), preStop: optional(hook) }),
  apply: (draft, { postStart, preStop }, use) => {
    for (const container of draft.containers()) {
      const before = container.read().lifecycle
      if (postStart !== undefined) container.set({ lifecycle: { ...before, postStart: toHook(postStart) } }, use.at('postStart'))
      const after = container.read().lifecycle
      if (preStop !== undefined) container.set({ lifecycle: { ...after, preStop: toHook(preStop) } }, use.at('preStop'))
    }
    return []
  },
})
