import { unreachable } from '../kernel/fault.ts'
import type { Component } from '../model/component.ts'
import type { Container, EnvVar, Resources, Volume, VolumeItem } from '../model/pod.ts'
import type { Probe, ProbeAction } from '../model/probe.ts'

/** The pod of a component as the `spec` of a Kubernetes pod template. */
export function renderPodTemplate(component: Component): unknown {
  const { containers, initContainers, volumes, hostAliases } = component.pod
  return {
    ...(component.run.type === 'to-completion' ? { restartPolicy: component.run.restart === 'never' ? 'Never' : 'OnFailure' } : {}),
    containers: containers.map(renderContainer),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(renderContainer) }),
    ...(volumes.length === 0 ? {} : { volumes: volumes.map(renderVolume) }),
    ...(hostAliases.length === 0 ? {} : { hostAliases }),
  }
}

function renderContainer(container: Container): unknown {
  const { name, image, command, args, env, ports, mounts, probes, lifecycle } = container
  const { postStart, preStop } = lifecycle
  return {
    name,
    image: image.ref,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: env.map(renderEnv),
    ports: ports.map((port) => ({
      name: port.name,
      containerPort: port.number,
      protocol: port.protocol === 'udp' ? 'UDP' : 'TCP',
    })),
    resources: { requests: renderResources(container.requests), limits: renderResources(container.limits) },
    volumeMounts: mounts.map(({ volume, path, subPath, readOnly }) => ({
      name: volume,
      mountPath: path,
      ...(subPath === undefined ? {} : { subPath }),
      ...(readOnly ? { readOnly } : {}),
    })),
    ...(probes.startup === undefined ? {} : { startupProbe: renderProbe(probes.startup) }),
    ...(probes.ready === undefined || probes.ready.implicit ? {} : { readinessProbe: renderProbe(probes.ready) }),
    ...(probes.live === undefined ? {} : { livenessProbe: renderProbe(probes.live) }),
    ...(postStart === undefined && preStop === undefined
      ? {}
      : {
          lifecycle: {
            ...(postStart === undefined ? {} : { postStart: renderAction(postStart) }),
            ...(preStop === undefined ? {} : { preStop: renderAction(preStop) }),
          },
        }),
  }
}

function renderEnv({ name, value }: EnvVar): unknown {
  if (typeof value === 'string') return { name, value }
  if ('field' in value) return { name, valueFrom: { fieldRef: { fieldPath: value.field } } }
  if ('secret' in value) return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } }
  return { name, valueFrom: { configMapKeyRef: { name: value.config, key: value.key } } }
}

function renderResources({ cpu, memoryBytes }: Resources): unknown {
  return {
    ...(cpu === undefined ? {} : { cpu: Number.isInteger(cpu) ? String(cpu) : `${Math.round(cpu * 1000)}m` }),
    ...(memoryBytes === undefined ? {} : { memory: renderBytes(memoryBytes) }),
  }
}

function renderBytes(bytes: number): string {
  const unit = [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const
  const [suffix, size] = unit.find(([, candidate]) => bytes > 0 && bytes % candidate === 0) ?? ['', 1]
  return `${bytes / size}${suffix}`
}

function renderProbe(probe: Probe): unknown {
  return {
    ...renderAction(probe.action),
    initialDelaySeconds: probe.delayMs / 1000,
    periodSeconds: probe.everyMs / 1000,
    timeoutSeconds: probe.timeoutMs / 1000,
    successThreshold: probe.successes,
    failureThreshold: probe.failures,
  }
}

function renderAction(action: ProbeAction): object {
  switch (action.by) {
    case 'exec':
      return { exec: { command: action.command } }
    case 'tcp':
      return { tcpSocket: { port: action.port, ...(action.host === undefined ? {} : { host: action.host }) } }
    case 'grpc':
      return { grpc: { port: action.port, ...(action.service === undefined ? {} : { service: action.service }) } }
    case 'http':
      return {
        httpGet: {
          path: action.path,
          port: action.port,
          ...(action.host === undefined ? {} : { host: action.host }),
          scheme: action.scheme.toUpperCase(),
          ...(action.headers.length === 0 ? {} : { httpHeaders: action.headers }),
        },
      }
    default:
      return unreachable(action)
  }
}

function renderVolume({ name, source }: Volume): unknown {
  switch (source.type) {
    case 'named':
      return { name, persistentVolumeClaim: { claimName: source.claim } }
    case 'bind':
      return { name, hostPath: { path: source.path } }
    case 'empty':
      return { name, emptyDir: { medium: source.medium === 'memory' ? 'Memory' : '' } }
    case 'config':
      return { name, configMap: { name: source.name, defaultMode: source.mode, ...renderItems(source.items) } }
    case 'secret':
      return { name, secret: { secretName: source.name, defaultMode: source.mode, ...renderItems(source.items) } }
    default:
      return unreachable(source)
  }
}

function renderItems(items: readonly VolumeItem[] | undefined): object {
  return items === undefined ? {} : { items }
}
