import { defineTrait } from '../define.ts'
import { fields, flag, list, map, parts, preset, text } from '../schema.ts'
import { eachContainer } from './container-form.ts'

/** Adds, replaces and removes environment variables. Source: KubeVela, env definition. */
export const env = defineTrait({
  kind: 'trait',
  type: 'env',
  simulation: { level: 'simulated' },
  parameters: parts(
    'containers',
    fields({
      containerName: preset(text(), ''),
      replace: preset(flag(), false),
      env: preset(map(text()), {}),
      unset: preset(list(text()), []),
    }),
  ),
  apply: (draft, given, use) =>
    eachContainer(draft, { given, list: 'containers', use }, (container, entry, at) => {
      if (entry.replace) container.clearEnv()
      for (const [name, value] of Object.entries(entry.env)) container.env({ name, value, origin: at('env', name) })
      for (const name of entry.unset) container.unsetEnv(name)
      return []
    }),
})
