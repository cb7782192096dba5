import type { Origin } from '../../kernel/diagnostic.ts'
import type { VolumeItem, VolumeSource } from '../../model/pod.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { approximated, fields, flag, integer, list, oneOf, optional, preset, required, text, variant } from '../schema.ts'

/** `items[]` of config maps and secrets. */
export const volumeItems = optional(
  list(fields({ key: required(text()), path: required(text()), mode: preset(integer({ min: 0, max: 0o777 }), 0o777) })),
)
export const defaultMode = preset(integer({ min: 0, max: 0o777 }), 0o644)
export const medium = preset(oneOf('', 'Memory'), '')

const place = { name: required(text()), mountPath: required(text()) }
const subPath = { subPath: optional(text()) }

/** `volumeMounts` with `subPath` (webservice) or without (worker). */
const mountSources = <S extends Partial<typeof subPath>>(sub: S) =>
  ({
    pvc: optional(list(fields({ ...place, ...sub, claimName: required(text()) }))),
    configMap: optional(list(fields({ ...place, ...sub, defaultMode, cmName: required(text()), items: volumeItems }))),
    secret: optional(list(fields({ ...place, ...sub, defaultMode, secretName: required(text()), items: volumeItems }))),
    emptyDir: optional(list(fields({ ...place, ...sub, medium }))),
  }) as const

export const volumeMounts = optional(
  fields({
    ...mountSources(subPath),
    hostPath: optional(list(fields({ ...place, ...subPath, path: required(text()) }))),
  }),
)
export const volumeMountsWithoutSubPath = optional(
  fields({
    ...mountSources({}),
    hostPath: optional(list(fields({ ...place, path: required(text()) }))),
  }),
)
export const daemonVolumeMounts = optional(
  fields({
    ...mountSources({}),
    hostPath: optional(
      list(
        fields({
          ...place,
          path: required(text()),
          readOnly: optional(flag()),
          mountPropagation: optional(
            oneOf('None', 'HostToContainer', 'Bidirectional'),
            approximated('mounts are not propagated between this machine and the container'),
          ),
        }),
      ),
    ),
  }),
)

/** `volumes[]`, the older form. */
export const volumes = optional(
  list(
    variant(
      {
        emptyDir: { ...place, medium },
        pvc: { ...place, claimName: required(text()) },
        configMap: { ...place, defaultMode, cmName: required(text()), items: volumeItems },
        secret: { ...place, defaultMode, secretName: required(text()), items: volumeItems },
      },
      'emptyDir',
    ),
  ),
)

interface WrittenMount {
  readonly name: string
  readonly mountPath: string
  readonly subPath?: string
}
interface WrittenConfig {
  readonly defaultMode: number
  readonly items?: readonly VolumeItem[]
}
export interface WrittenVolumeMounts {
  readonly pvc?: readonly (WrittenMount & { readonly claimName: string })[]
  readonly configMap?: readonly (WrittenMount & WrittenConfig & { readonly cmName: string })[]
  readonly secret?: readonly (WrittenMount & WrittenConfig & { readonly secretName: string })[]
  readonly emptyDir?: readonly (WrittenMount & { readonly medium: '' | 'Memory' })[]
  readonly hostPath?: readonly (WrittenMount & { readonly path: string; readonly readOnly?: boolean })[]
}
export type WrittenVolume = WrittenMount &
  (
    | { readonly type: 'emptyDir'; readonly medium: '' | 'Memory' }
    | { readonly type: 'pvc'; readonly claimName: string }
    | ({ readonly type: 'configMap'; readonly cmName: string } & WrittenConfig)
    | ({ readonly type: 'secret'; readonly secretName: string } & WrittenConfig)
  )

export function claimSource(claim: string): VolumeSource {
  return { type: 'named', claim }
}

export function emptySource(written: { readonly medium: '' | 'Memory' }): VolumeSource {
  return { type: 'empty', medium: written.medium === 'Memory' ? 'memory' : 'disk' }
}

/** A config map or secret as a volume. */
export function keyedSource(type: 'config' | 'secret', name: string, written: WrittenConfig): VolumeSource {
  return { type, name, mode: written.defaultMode, ...(written.items === undefined ? {} : { items: written.items }) }
}

/** Defines a volume and mounts it in the container. */
export function attach(
  draft: ComponentDraft,
  container: ContainerDraft,
  volume: WrittenMount & { readonly source: VolumeSource; readonly readOnly: boolean; readonly origin: Origin },
): void {
  const { name, mountPath, subPath: sub, source, readOnly, origin } = volume
  draft.addVolume({ name, source, origin })
  container.mount({ volume: name, path: mountPath, readOnly, ...(sub === undefined ? {} : { subPath: sub }) }, origin)
}

/** `volumeMounts`, or `volumes` when there are none: KubeVela ignores the older form beside the newer. */
export function attachVolumes(
  draft: ComponentDraft,
  container: ContainerDraft,
  written: {
    readonly volumeMounts?: WrittenVolumeMounts | undefined
    readonly volumes?: readonly WrittenVolume[] | undefined
    readonly at: (...path: readonly (string | number)[]) => Origin
  },
): void {
  const { volumeMounts: mounts, volumes: older, at } = written
  const put = (mount: WrittenMount & { readonly readOnly?: boolean }, source: VolumeSource, origin: Origin) =>
    attach(draft, container, { ...mount, source, readOnly: mount.readOnly ?? false, origin })
  if (mounts === undefined) {
    older?.forEach((volume, index) => {
      put(volume, sourceOf(volume), at('volumes', index))
    })
    return
  }
  mounts.pvc?.forEach((volume, index) => {
    put(volume, claimSource(volume.claimName), at('volumeMounts', 'pvc', index))
  })
  mounts.configMap?.forEach((volume, index) => {
    put(volume, keyedSource('config', volume.cmName, volume), at('volumeMounts', 'configMap', index))
  })
  mounts.secret?.forEach((volume, index) => {
    put(volume, keyedSource('secret', volume.secretName, volume), at('volumeMounts', 'secret', index))
  })
  mounts.emptyDir?.forEach((volume, index) => {
    put(volume, emptySource(volume), at('volumeMounts', 'emptyDir', index))
  })
  mounts.hostPath?.forEach((volume, index) => {
    put(volume, { type: 'bind', path: volume.path }, at('volumeMounts', 'hostPath', index))
  })
}

function sourceOf(volume: WrittenVolume): VolumeSource {
  switch (volume.type) {
    case 'emptyDir':
      return emptySource(volume)
    case 'pvc':
      return claimSource(volume.claimName)
    case 'configMap':
      return keyedSource('config', volume.cmName, volume)
    case 'secret':
      return keyedSource('secret', volume.secretName, volume)
  }
}
