import { defineTrait } from '../define.ts'
import { fields, list, optional, required, text } from '../schema.ts'
import { envEntryWithField, toEnvVar } from '../shapes/env.ts'
import { fromRegistry, toPull } from '../shapes/images.ts'
import { plainProbe, toProbe } from '../shapes/probes.ts'

/** A container beside the application, with the pod's network identity and volumes. Source: KubeVela, sidecar definition. */
export const sidecar = defineTrait({
  kind: 'trait',
  type: 'sidecar',
  simulation: { level: 'simulated' },
  parameters: fields({
    name: required(text()),
    image: required(text()),
    cmd: optional(list(text())),
    args: optional(list(text())),
    env: optional(list(envEntryWithField)),
    volumes: optional(list(fields({ name: required(text()), path: required(text()) }))),
    livenessProbe: optional(plainProbe),
    readinessProbe: optional(plainProbe),
  }),
  apply: (draft, params, use) => {
    const image = fromRegistry(params.image)
    const container = draft.addContainer({ name: params.name, image }, 'side', use.at('name'))
    container.set({ image, pull: toPull(params.image, undefined) }, use.at('image'))
    if (params.cmd !== undefined) container.set({ command: params.cmd }, use.at('cmd'))
    if (params.args !== undefined) container.set({ args: params.args }, use.at('args'))
    params.env?.forEach((entry, index) => {
      container.env(toEnvVar(entry, use.at('env', index)))
    })
    params.volumes?.forEach((volume, index) => {
      container.mount({ volume: volume.name, path: volume.path, readOnly: false }, use.at('volumes', index))
    })
    if (params.livenessProbe !== undefined) container.probe('live', toProbe(params.livenessProbe), use.at('livenessProbe'))
    if (params.readinessProbe !== undefined) container.probe('ready', toProbe(params.readinessProbe), use.at('readinessProbe'))
    return []
  },
})
