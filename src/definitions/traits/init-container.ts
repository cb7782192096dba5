import { defineTrait } from '../define.ts'
import { fields, list, optional, preset, required, text } from '../schema.ts'
import { envEntry, toEnvVar } from '../shapes/env.ts'
import { fromRegistry, pullPolicy, toPull } from '../shapes/images.ts'
import { attach, emptySource } from '../shapes/volumes.ts'

/** A container that runs to its end before the others, and shares an empty directory with the application. Source: KubeVela, init-container definition. */
export const initContainer = defineTrait({
  kind: 'trait',
  type: 'init-container',
  simulation: { level: 'simulated' },
  parameters: fields({
    name: required(text()),
    image: required(text()),
    imagePullPolicy: preset(pullPolicy, 'IfNotPresent'),
    cmd: optional(list(text())),
    args: optional(list(text())),
    env: optional(list(envEntry)),
    mountName: preset(text(), 'workdir'),
    appMountPath: required(text()),
    initMountPath: required(text()),
    extraVolumeMounts: preset(list(fields({ name: required(text()), mountPath: required(text()) })), []),
  }),
  apply: (draft, params, use) => {
    const image = fromRegistry(params.image)
    const container = draft.addContainer({ name: params.name, image }, 'init', use.at('name'))
    container.set({ image }, use.at('image'))
    container.set({ pull: toPull(params.image, params.imagePullPolicy) }, use.at('imagePullPolicy'))
    if (params.cmd !== undefined) container.set({ command: params.cmd }, use.at('cmd'))
    if (params.args !== undefined) container.set({ args: params.args }, use.at('args'))
    params.env?.forEach((entry, index) => {
      container.env(toEnvVar(entry, use.at('env', index)))
    })
    const shared = { name: params.mountName, source: emptySource({ medium: '' }), readOnly: false }
    attach(draft, container, { ...shared, mountPath: params.initMountPath, origin: use.at('initMountPath') })
    params.extraVolumeMounts.forEach((mount, index) => {
      container.mount({ volume: mount.name, path: mount.mountPath, readOnly: false }, use.at('extraVolumeMounts', index))
    })
    const app = draft.container()
    if (app !== undefined) attach(draft, app, { ...shared, mountPath: params.appMountPath, origin: use.at('appMountPath') })
    return []
  },
})
