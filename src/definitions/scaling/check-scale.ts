import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { Component } from '../../model/component.ts'
import type { Container } from '../../model/pod.ts'
import type { ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import { problem } from '../problem.ts'
import type { ProvenanceBook } from '../provenance-book.ts'

/**
 * What only the finished component shows: bounds, requests, containers, variables. Source: KEDA, scaledobject_webhook.go and
 * CheckReplicaCountBoundsAreValid, CheckFallbackValid; Kubernetes, autoscaling validation.
 */
export function checkScale(book: ProvenanceBook, component: Component): readonly Diagnostic[] {
  const { scale } = component
  if (scale.triggers.length === 0) return []
  const at = (key: keyof ScalePolicy): Origin => book.originOf(['scale', key]) ?? scale.origin ?? component.origin
  return [
    // A ScaledJob is no target: what its bounds and triggers mean is checked with its document.
    ...(scale.jobs === undefined ? [...checkTarget(component), ...checkBounds(scale, at), ...checkFallback(scale, at)] : []),
    ...scale.triggers.flatMap((trigger) => [
      ...(scale.jobs === undefined ? checkRequests(trigger, component) : []),
      ...checkContainer(trigger, component),
      ...checkVariables(trigger, component),
    ]),
  ]
}

type At = (key: keyof ScalePolicy) => Origin

function checkTarget({ name, kind, scale, origin }: Component): readonly Diagnostic[] {
  if (kind === 'Deployment' || kind === 'StatefulSet') return []
  const message = `component "${name}" cannot be scaled: a ${kind} has no number of replicas`
  return [
    problem({
      code: 'MP2511',
      severity: 'error',
      message,
      origin: scale.origin ?? origin,
      hint: 'use a type such as webservice or worker',
    }),
  ]
}

function checkBounds(scale: ScalePolicy, at: At): readonly Diagnostic[] {
  const { min, max, idle, by } = scale
  const found: Diagnostic[] = []
  // KEDA compares the smallest size of the HPA, which is at least 1.
  if (Math.max(min, min === 0 ? 0 : 1) > max) {
    const message = `the minimum of ${min} replicas is above the maximum of ${max}`
    found.push(
      problem({ code: 'MP2512', severity: 'error', message, origin: at('min'), related: [{ message: 'the maximum', origin: at('max') }] }),
    )
  }
  if (idle !== undefined && idle >= min) {
    const message = `IdleReplicaCount=${idle} must be less than MinReplicaCount=${min}`
    const hint = min === 0 ? 'leave the idle count out: without it, 0 is the minimum and the idle size' : `write ${min - 1} or less`
    found.push(problem({ code: 'MP2512', severity: 'error', message, origin: at('idle'), hint }))
  } else if (idle !== undefined && idle > 0) {
    const message = `an idle count of ${idle} does not last: the HPA brings ${idle} replicas back to ${min}; only 0 works`
    found.push(problem({ code: 'MP2512', severity: 'warning', message, origin: at('idle') }))
  }
  if (by !== 'hpa' && min === 0 && scale.triggers.every(isResource)) {
    const message = "scaledobject has only cpu/memory triggers AND minReplica is 0 (scale to zero doesn't work in this case)"
    const hint = 'set the minimum to 1, or add a trigger that can tell when there is work, such as http or a queue'
    found.push(problem({ code: 'MP2513', severity: 'error', message, origin: at('triggers'), hint }))
  }
  return found
}

function checkFallback({ fallback, modifiers, triggers }: ScalePolicy, at: At): readonly Diagnostic[] {
  if (fallback === undefined) return []
  if (fallback.behavior === 'scalingModifiers' && modifiers === undefined) {
    const message = 'scalingModifiers fallback behavior requires scalingModifiers.formula to be defined'
    return [problem({ code: 'MP2514', severity: 'error', message, origin: at('fallback') })]
  }
  if (modifiers !== undefined || !triggers.every(isResource)) return []
  const message = 'a fallback needs at least one trigger that is not cpu or memory'
  return [problem({ code: 'MP2514', severity: 'error', message, origin: at('fallback') })]
}

function isResource({ from }: ScaleTrigger): boolean {
  return from.by === 'engine'
}

/** Source: KEDA, verifyCPUMemoryScalers: a request or a limit. An HPA alone is accepted and then finds no metric. */
function checkRequests(trigger: ScaleTrigger, { pod, scale }: Component): readonly Diagnostic[] {
  const { from } = trigger
  if (from.by !== 'engine' || (scale.by === 'hpa' && trigger.metricType !== 'Utilization')) return []
  const looked = pod.containers.filter(({ name }) => from.container === undefined || name === from.container)
  const without = looked.filter((container) => !asksFor(container, from.resource))
  return without.map(({ name }) => {
    const message =
      scale.by === 'hpa'
        ? `missing request for ${from.resource} in container "${name}": the HPA cannot compute its utilisation, and the size stays as it is`
        : `the scaledobject has a ${from.resource} trigger but the container ${name} doesn't have the ${from.resource} request defined`
    const hint = `give the container a request, for example ${from.resource === 'cpu' ? 'cpu: "0.5"' : 'memory: 256Mi'}`
    return problem({ code: 'MP2515', severity: scale.by === 'hpa' ? 'warning' : 'error', message, origin: trigger.origin, hint })
  })
}

function asksFor({ requests, limits }: Container, resource: 'cpu' | 'memory'): boolean {
  const key = resource === 'cpu' ? 'cpu' : 'memoryBytes'
  return (requests[key] ?? limits[key] ?? 0) > 0
}

/** The container that a trigger measures, or whose variables it reads. */
function checkContainer(trigger: ScaleTrigger, { name, pod }: Component): readonly Diagnostic[] {
  const { from, envContainer, auth } = trigger
  const ofAuth = Object.values(auth).flatMap((parameter) => (parameter.from === 'env' ? (parameter.container ?? []) : []))
  const wanted = [...(from.by === 'engine' ? [from.container ?? []].flat() : []), ...[envContainer ?? []].flat(), ...ofAuth]
  const names = pod.containers.map((container) => container.name)
  return [...new Set(wanted)]
    .filter((container) => !names.includes(container))
    .map((container) => {
      const message = `trigger "${trigger.type}": component "${name}" has no container "${container}"`
      const hint = didYouMean(container, names) ?? `its containers: ${names.join(', ')}`
      return problem({ code: 'MP2201', severity: 'error', message, origin: trigger.origin, hint })
    })
}

/** KEDA sees the variables of the pod, never those of the image. */
function checkVariables(trigger: ScaleTrigger, { pod }: Component): readonly Diagnostic[] {
  const container = pod.containers.find(({ name }) => trigger.envContainer === undefined || name === trigger.envContainer)
  if (container === undefined) return []
  const names = container.env.map((variable) => variable.name)
  return Object.entries(trigger.metadata).flatMap(([key, variable]) => {
    if (!key.endsWith('FromEnv') || names.includes(variable)) return []
    const message = `trigger "${trigger.type}": container "${container.name}" has no variable "${variable}"`
    const hint = didYouMean(variable, names) ?? 'variables of the image are not seen: set it in the component'
    return [problem({ code: 'MP2517', severity: 'warning', message, origin: within(trigger.origin, 'metadata', key), hint })]
  })
}
