import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { EnvValue, Resources, VolumeSource } from '../../model/pod.ts'
import type { ComponentDraft, ContainerRole } from '../draft.ts'
import { problem } from '../problem.ts'
import { fromRegistry, toPull } from '../shapes/images.ts'
import { toContainerPort } from '../shapes/ports.ts'
import { quantity } from '../shapes/resources.ts'
import { claimSource, emptySource, keyedSource } from '../shapes/volumes.ts'
import type { ContainerWritten, PodWritten, VolumeWritten } from './pod-shape.ts'

/** The pod of a template, put on the draft; the first container is the application's. `origin` is the place of the pod's spec. */
export function buildPod(draft: ComponentDraft, pod: PodWritten, origin: Origin): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  pod.volumes?.forEach((volume, index) => {
    const at = within(origin, 'volumes', index)
    const source = sourceOf(volume)
    if (source !== undefined) draft.addVolume({ name: volume.name, source, origin: at })
    else diagnostics.push(noVolume(volume.name, at))
  })
  pod.initContainers?.forEach((container, index) => {
    buildContainer(draft, container, { role: 'init', origin: within(origin, 'initContainers', index), volumes: pod.volumes })
  })
  pod.containers.forEach((container, index) => {
    const role = index === 0 ? 'app' : 'side'
    buildContainer(draft, container, { role, origin: within(origin, 'containers', index), volumes: pod.volumes })
  })
  pod.hostAliases?.forEach((alias, index) => {
    draft.addHostAlias(alias, within(origin, 'hostAliases', index))
  })
  if (pod.containers.length > 0) return diagnostics
  const message = 'a pod needs at least one container'
  return [...diagnostics, problem({ code: 'MP2531', severity: 'error', message, origin: within(origin, 'containers') })]
}

interface Place {
  readonly role: ContainerRole
  readonly origin: Origin
  readonly volumes: PodWritten['volumes']
}

function buildContainer(draft: ComponentDraft, written: ContainerWritten, { role, origin, volumes }: Place): void {
  const at = (...path: readonly (string | number)[]): Origin => within(origin, ...path)
  const image = fromRegistry(written.image)
  const container = draft.addContainer({ name: written.name, image }, role, at('name'))
  container.set({ image }, at('image'))
  const { imagePullPolicy: policy, command, args, workingDir, resources } = written
  container.set({ pull: toPull(written.image, policy) }, at(policy === undefined ? 'image' : 'imagePullPolicy'))
  if (command !== undefined) container.set({ command }, at('command'))
  if (args !== undefined) container.set({ args }, at('args'))
  if (workingDir !== undefined) container.set({ workdir: workingDir }, at('workingDir'))
  written.env?.forEach((variable, index) => {
    container.env({ name: variable.name, value: envValue(variable), origin: at('env', index) })
  })
  if (resources?.requests !== undefined) container.set({ requests: amountsOf(resources.requests) }, at('resources', 'requests'))
  if (resources?.limits !== undefined) container.set({ limits: amountsOf(resources.limits) }, at('resources', 'limits'))
  written.ports?.forEach(({ containerPort, name, protocol }, index) => {
    container.port(toContainerPort({ port: containerPort, protocol, ...(name === undefined ? {} : { name }) }, at('ports', index)))
  })
  written.volumeMounts?.forEach(({ name, mountPath, subPath, readOnly }, index) => {
    const claim = volumes?.find((volume) => volume.name === name)?.persistentVolumeClaim
    const mount = { volume: name, path: mountPath, readOnly: readOnly || claim?.readOnly === true }
    container.mount({ ...mount, ...(subPath === undefined ? {} : { subPath }) }, at('volumeMounts', index))
  })
}

/** Without a value a variable is empty, as in Kubernetes. */
function envValue({ value, valueFrom }: NonNullable<ContainerWritten['env']>[number]): EnvValue {
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {}
  if (secretKeyRef !== undefined) return { secret: secretKeyRef.name, key: secretKeyRef.key, ...mayMiss(secretKeyRef) }
  if (configMapKeyRef !== undefined) return { config: configMapKeyRef.name, key: configMapKeyRef.key, ...mayMiss(configMapKeyRef) }
  if (fieldRef !== undefined) return { field: fieldRef.fieldPath }
  return value ?? ''
}

function mayMiss({ optional }: { readonly optional?: boolean }): { readonly optional?: boolean } {
  return optional === undefined ? {} : { optional }
}

function amountsOf({ cpu, memory }: { readonly cpu?: string | number; readonly memory?: string | number }): Resources {
  return {
    ...(cpu === undefined ? {} : { cpu: quantity(cpu) }),
    ...(memory === undefined ? {} : { memoryBytes: quantity(memory) }),
  }
}

function sourceOf({ emptyDir, configMap, secret, persistentVolumeClaim: claim, hostPath }: VolumeWritten): VolumeSource | undefined {
  if (configMap !== undefined) return keyedSource('config', configMap.name, configMap)
  if (secret !== undefined) return keyedSource('secret', secret.secretName, secret)
  if (claim !== undefined) return claimSource(claim.claimName)
  if (hostPath !== undefined) return { type: 'bind', path: hostPath.path }
  return emptyDir === undefined ? undefined : emptySource(emptyDir)
}

function noVolume(name: string, origin: Origin): Diagnostic {
  const message = `volume "${name}" has no source that is simulated`
  const hint = 'emptyDir, configMap, secret, persistentVolumeClaim and hostPath are'
  return problem({ code: 'MP2531', severity: 'error', message, origin, hint })
}
