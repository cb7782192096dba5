import { defineTrait } from '../define.ts'
import { fields, list, optional, preset, required, text } from '../schema.ts'
import { changeLocal, localValue, toLocalValue } from './container.ts'

/** How a container runs as a plain process. */
export const localProcess = defineTrait({
  kind: 'trait',
  type: 'local/process',
  simulation: { level: 'simulated' },
  parameters: fields({
    container: optional(text()),
    cwd: required(text()),
    command: preset(list(text()), []),
    env: preset(list(fields({ name: required(text()), value: required(localValue) })), []),
  }),
  apply: (draft, { container: name, cwd, command, env }, use) =>
    changeLocal(draft, { name, use }, (container) => {
      const variables = env.map((variable, index) => ({
        name: variable.name,
        value: toLocalValue(variable.value),
        origin: use.at('env', index),
      }))
      container.set({ process: { cwd, command, env: variables, origin: use.origin } })
    }),
})
