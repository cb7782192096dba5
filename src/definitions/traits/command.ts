import { sameValue } from '../../kernel/canonical-json.ts'
import { defineTrait } from '../define.ts'
import { fields, list, nullable, parts, preset, text } from '../schema.ts'
import { eachContainer } from './container-form.ts'

const words = preset(nullable(list(text())), null)

/** Replaces the command, and replaces, extends or thins out the arguments. Source: KubeVela, command definition. */
export const command = defineTrait({
  kind: 'trait',
  type: 'command',
  simulation: { level: 'simulated' },
  parameters: parts(
    'containers',
    fields(
      { containerName: preset(text(), ''), command: words, args: words, addArgs: words, delArgs: words },
      { rule: 'not-with', key: 'args', others: ['addArgs', 'delArgs'] },
    ),
  ),
  apply: (draft, given, use) =>
    eachContainer(draft, { given, list: 'containers', use }, (container, entry, at) => {
      if (entry.command !== null) container.set({ command: entry.command }, at('command'))
      const before = container.read().args ?? []
      const base = entry.args ?? before
      const removed = entry.delArgs ?? []
      const added = (entry.addArgs ?? []).filter((arg) => !base.includes(arg))
      const args = [...base, ...added].filter((arg) => !removed.includes(arg))
      const changedBy = (['args', 'addArgs', 'delArgs'] as const).find((key) => entry[key] !== null)
      if (changedBy !== undefined && !sameValue(args, before)) container.set({ args }, at(changedBy))
      return []
    }),
})
