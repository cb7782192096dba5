import type { VolumeItem } from '../../model/pod.ts'
import { defineTrait } from '../define.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import { anything, approximated, fields, flag, list, map, notSimulated, oneOf, optional, preset, required, text } from '../schema.ts'
import { memoryQuantity } from '../shapes/resources.ts'
import { attach, claimSource, defaultMode, emptySource, keyedSource, medium, volumeItems } from '../shapes/volumes.ts'

const classNote = approximated('a claim is a volume of this machine; classes, access modes and sizes are not enforced')
const sourceNote = notSimulated('a claim starts empty; it is not filled from or bound to an existing volume')

const claim = fields({
  name: required(text()),
  mountOnly: preset(flag(), false),
  mountPath: required(text()),
  subPath: optional(text()),
  volumeMode: preset(oneOf('Filesystem', 'Block'), 'Filesystem', notSimulated('block devices are not simulated; the claim is not mounted')),
  volumeName: optional(text(), sourceNote),
  accessModes: preset(list(text()), ['ReadWriteOnce'], classNote),
  storageClassName: optional(text(), classNote),
  resources: optional(
    fields({
      requests: required(fields({ storage: required(memoryQuantity) })),
      limits: optional(fields({ storage: required(memoryQuantity) })),
    }),
    classNote,
  ),
  dataSourceRef: optional(map(anything()), sourceNote),
  dataSource: optional(map(anything()), sourceNote),
  selector: optional(map(anything()), sourceNote),
})

const configToEnv = fields({ envName: required(text()), configMapKey: required(text()) })
const secretToEnv = fields({ envName: required(text()), secretKey: required(text()) })

const keyed = {
  name: required(text()),
  mountOnly: preset(flag(), false),
  mountPath: optional(text()),
  subPath: optional(text()),
  defaultMode,
  readOnly: preset(flag(), false),
  items: volumeItems,
}

const configMap = fields({
  ...keyed,
  mountToEnv: optional(configToEnv),
  mountToEnvs: optional(list(configToEnv)),
  data: optional(map(anything())),
})

const secret = fields({
  ...keyed,
  mountToEnv: optional(secretToEnv),
  mountToEnvs: optional(list(secretToEnv)),
  stringData: optional(map(anything())),
  data: optional(map(anything())),
})

const hostPath = fields({
  name: required(text()),
  path: required(text()),
  mountPath: required(text()),
  type: preset(
    oneOf('Directory', 'DirectoryOrCreate', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'),
    'Directory',
    approximated('the kind of a host path is not checked'),
  ),
})

/** Volumes for the application's container, with the claims, config maps and secrets behind them. Source: KubeVela, storage definition. */
export const storage = defineTrait({
  kind: 'trait',
  type: 'storage',
  simulation: { level: 'simulated' },
  secretPaths: [
    ['secret', '*', 'data', '*'],
    ['secret', '*', 'stringData', '*'],
  ],
  parameters: fields({
    pvc: optional(list(claim)),
    configMap: optional(list(configMap)),
    secret: optional(list(secret)),
    emptyDir: optional(list(fields({ name: required(text()), mountPath: required(text()), subPath: optional(text()), medium }))),
    hostPath: optional(list(hostPath)),
  }),
  apply: (draft, params, use) => {
    const container = draft.container()
    if (container === undefined) return []
    params.pvc?.forEach((each, index) => {
      const origin = use.at('pvc', index)
      if (!each.mountOnly) draft.create({ kind: 'PersistentVolumeClaim', name: each.name, origin })
      if (each.volumeMode === 'Block') return
      attach(draft, container, { ...each, name: `pvc-${each.name}`, source: claimSource(each.name), readOnly: false, origin })
    })
    params.configMap?.forEach((each, index) => {
      const origin = use.at('configMap', index)
      if (!each.mountOnly) draft.create({ kind: 'ConfigMap', name: each.name, data: textsOf(each.data ?? {}), origin })
      mountKeyed({ draft, container, at: (...path) => use.at('configMap', index, ...path) }, 'config', each)
      for (const { envName, key } of [each.mountToEnv ?? [], each.mountToEnvs ?? []].flat().map((to) => ({ ...to, key: to.configMapKey })))
        container.env({ name: envName, value: { config: each.name, key }, origin })
    })
    params.secret?.forEach((each, index) => {
      const origin = use.at('secret', index)
      const keys = [...new Set([...Object.keys(each.data ?? {}), ...Object.keys(each.stringData ?? {})])]
      if (!each.mountOnly) draft.create({ kind: 'Secret', name: each.name, keys, origin })
      mountKeyed({ draft, container, at: (...path) => use.at('secret', index, ...path) }, 'secret', each)
      for (const { envName, key } of [each.mountToEnv ?? [], each.mountToEnvs ?? []].flat().map((to) => ({ ...to, key: to.secretKey })))
        container.env({ name: envName, value: { secret: each.name, key }, origin })
    })
    params.emptyDir?.forEach((each, index) => {
      const origin = use.at('emptyDir', index)
      attach(draft, container, { ...each, name: `emptydir-${each.name}`, source: emptySource(each), readOnly: false, origin })
    })
    params.hostPath?.forEach(({ name, mountPath, path }, index) => {
      const origin = use.at('hostPath', index)
      attach(draft, container, { name: `hostpath-${name}`, mountPath, source: { type: 'bind', path }, readOnly: false, origin })
    })
    return []
  },
})

/** A config map or secret is a volume only where it has a mount path. */
function mountKeyed(
  { draft, container, at }: { readonly draft: ComponentDraft; readonly container: ContainerDraft; readonly at: UseContext['at'] },
  type: 'config' | 'secret',
  each: {
    readonly name: string
    readonly mountPath?: string
    readonly subPath?: string
    readonly defaultMode: number
    readonly readOnly: boolean
    readonly items?: readonly VolumeItem[]
  },
): void {
  const { name, mountPath, subPath, readOnly } = each
  if (mountPath !== undefined) {
    const volume = `${type === 'config' ? 'configmap' : 'secret'}-${name}`
    const sub = subPath === undefined ? {} : { subPath }
    attach(draft, container, { name: volume, mountPath, ...sub, source: keyedSource(type, name, each), readOnly, origin: at() })
    return
  }
  const idle = { subPath: subPath !== undefined, defaultMode: each.defaultMode !== 0o644, readOnly, items: each.items !== undefined }
  for (const [key, given] of Object.entries(idle)) {
    if (!given) continue
    const message = `"${key}" has no effect without "mountPath"`
    draft.report(problem({ code: 'MP2207', severity: 'warning', message, origin: at(key), mark: 'key' }))
  }
}

/** Config map values are texts; what else was written is printed as YAML would print it on one line. */
function textsOf(data: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]))
}
