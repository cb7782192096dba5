import type { UseContext } from '../definition.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { list, optional, required, text, type YieldOf } from '../schema.ts'
import { envEntry, toEnvVar } from '../shapes/env.ts'
import { fromRegistry, imagePullSecrets, type PullPolicy, pullPolicy, toPull } from '../shapes/images.ts'
import { cpuQuantity, memoryQuantity, quantity } from '../shapes/resources.ts'
import { attachVolumes, volumes, type WrittenVolume, type WrittenVolumeMounts } from '../shapes/volumes.ts'

/** Parameters that every container type of KubeVela has. */
export const containerFields = {
  image: required(text({ examples: ['sample/one:1', 'sample/two:2'] })),
  imagePullPolicy: optional(pullPolicy),
  imagePullSecrets,
  cmd: optional(list(text())),
  env: optional(list(envEntry)),
  cpu: optional(cpuQuantity),
  memory: optional(memoryQuantity),
  volumes,
}

interface WrittenContainer {
  readonly image: string
  readonly imagePullPolicy?: PullPolicy
  readonly cmd?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly YieldOf<typeof envEntry>[]
  readonly cpu?: string
  readonly memory?: string
  readonly limit?: { readonly cpu?: string; readonly memory?: string }
  readonly volumeMounts?: WrittenVolumeMounts
  readonly volumes?: readonly WrittenVolume[]
}

/** The application's container: named after the component, cpu and memory as requests and limits alike. */
export function buildContainer(draft: ComponentDraft, written: WrittenContainer, use: UseContext): ContainerDraft {
  const { at } = use
  const container = draft.addContainer({ name: use.source.name, image: fromRegistry(written.image) }, 'app', use.origin)
  container.set({ image: fromRegistry(written.image) }, at('image'))
  container.set(
    { pull: toPull(written.image, written.imagePullPolicy) },
    at(written.imagePullPolicy === undefined ? 'image' : 'imagePullPolicy'),
  )
  if (written.cmd !== undefined) container.set({ command: written.cmd }, at('cmd'))
  if (written.args !== undefined) container.set({ args: written.args }, at('args'))
  written.env?.forEach((entry, index) => {
    container.env(toEnvVar(entry, at('env', index)))
  })
  setResources(container, written, use)
  const { volumeMounts, volumes: older } = written
  attachVolumes(draft, container, { volumeMounts, volumes: older, at })
  if (volumeMounts !== undefined && older !== undefined) {
    draft.note({
      kind: 'not-simulated',
      subject: `${use.source.type.type}.volumes`,
      text: 'without effect beside volumeMounts, as in KubeVela',
      origin: at('volumes'),
    })
  }
  return container
}

/** A limit applies only where a request is given, as in KubeVela. */
function setResources(container: ContainerDraft, { cpu, memory, limit }: WrittenContainer, { at }: UseContext): void {
  if (cpu !== undefined) {
    container.set({ requests: { ...container.read().requests, cpu: quantity(cpu) } }, at('cpu'))
    container.set(
      { limits: { ...container.read().limits, cpu: quantity(limit?.cpu ?? cpu) } },
      limit?.cpu === undefined ? at('cpu') : at('limit', 'cpu'),
    )
  }
  if (memory !== undefined) {
    container.set({ requests: { ...container.read().requests, memoryBytes: quantity(memory) } }, at('memory'))
    container.set(
      { limits: { ...container.read().limits, memoryBytes: quantity(limit?.memory ?? memory) } },
      limit?.memory === undefined ? at('memory') : at('limit', 'memory'),
    )
  }
}
