import type { Diagnostic, Origin } from '../kernel/diagnostic.ts'
import { didYouMean } from '../kernel/nearest.ts'
import type { AppModel } from '../model/app-model.ts'
import type { Component } from '../model/component.ts'
import type { Narrow } from './source/narrow.ts'

interface Facts {
  readonly models: readonly AppModel[]
  readonly components: readonly Component[]
  readonly narrow: Narrow
}

interface Named {
  readonly name: string
  readonly namespace: string
  readonly component: string
  readonly ports: readonly { readonly name: string; readonly port: number; readonly target: number | string }[]
  readonly origin: Origin
}

/** Routes lead to services and ports that exist; a service name belongs to one component; ports by name exist. */
export function linkServices({ models, components, narrow }: Facts): Diagnostic[] {
  const services: Named[] = [
    ...components.flatMap((component) => component.services.map((service) => ({ ...service, component: service.component as string }))),
    ...models.flatMap((model) => model.services.map((service) => ({ ...service, component: service.selects as string }))),
  ]
  return [
    ...repeatedServices(services),
    ...missingTargets(models, components),
    ...components.flatMap((component) => missingRoutes(component, services, narrow)),
  ]
}

function repeatedServices(services: readonly Named[]): Diagnostic[] {
  const first = new Map<string, Named>()
  return services.flatMap((service): Diagnostic[] => {
    const key = `${service.namespace}/${service.name}`
    const earlier = first.get(key)
    first.set(key, earlier ?? service)
    if (earlier === undefined || earlier.component === service.component) return []
    return [
      {
        code: 'MP3127',
        severity: 'error',
        message: `service "${service.name}" leads to "${service.component}" and to "${earlier.component}"`,
        origin: service.origin,
        related: [{ message: `first written`, origin: earlier.origin }],
      },
    ]
  })
}

function missingTargets(models: readonly AppModel[], components: readonly Component[]): Diagnostic[] {
  return models.flatMap((model) =>
    model.services.flatMap((service) => {
      const component = components.find(({ key }) => key === service.selects)
      const names = (component?.pod.containers ?? []).flatMap(({ ports }) => ports.map(({ name }) => name))
      return service.ports.flatMap(({ target }, index): Diagnostic[] => {
        if (typeof target === 'number' || component === undefined || names.includes(target)) return []
        const origin: Origin = { ...service.origin, path: [...service.origin.path, 'spec', 'ports', index, 'targetPort'] }
        const hint =
          didYouMean(target, names) ?? (names.length === 0 ? 'the component declares no ports' : `its ports: ${names.join(', ')}`)
        return [{ code: 'MP3130', severity: 'error', message: `component "${component.name}" has no port named "${target}"`, origin, hint }]
      })
    }),
  )
}

function missingRoutes(component: Component, services: readonly Named[], narrow: Narrow): Diagnostic[] {
  return component.routes.flatMap((route) =>
    route.to.flatMap((target): Diagnostic[] => {
      if (target.by !== 'service') return []
      const here = services.filter(({ namespace }) => namespace === target.namespace)
      const named = here.filter(({ name }) => name === target.service)
      if (named.length === 0) {
        const hint =
          didYouMean(
            target.service,
            here.map(({ name }) => name),
          ) ?? 'a component has a service where a port is exposed, or by the trait expose or gateway'
        return [
          {
            code: 'MP3131',
            severity: 'error',
            message: `the route leads to service "${target.service}", which does not exist`,
            origin: narrow(route.origin, target.service, ['existingServiceName', 'serviceName']),
            hint,
          },
        ]
      }
      const ports = named.flatMap((service) => service.ports.map(({ port }) => port))
      if (ports.includes(target.port)) return []
      const message = `service "${target.service}" has no port ${target.port}`
      return [{ code: 'MP3132', severity: 'error', message, origin: route.origin, hint: `its ports: ${ports.join(', ')}` }]
    }),
  )
}
