import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of definitions: registration, look-up, parameters, applying, expressions, overrides. */
export const definitionCodes = {
  MP2001: {
    title: 'plugin for another API version',
    explanation:
      'A plugin states the version of the definition API it was written for. minipaas supports version 1 only; use a release of the plugin that does, too.',
  },
  MP2002: {
    title: 'plugin requirement missing',
    explanation:
      'A plugin requires another one by name that is not registered. Register the required plugin as well; the order does not matter.',
  },
  MP2003: {
    title: 'definition registered twice',
    explanation:
      'Two definitions of one kind have the same type name. Type names are unique per kind: remove one of the plugins or rename the type.',
  },
  MP2004: {
    title: 'alias already taken',
    explanation:
      'An alias of a definition is the type name or an alias of another definition of the same kind, so that a use of it would be ambiguous.',
  },
  MP2005: {
    title: 'plugins require each other in a circle',
    explanation:
      'Following `requires` from one plugin leads back to it, so no order of registration satisfies all of them. Break the circle.',
  },
  MP2006: {
    title: 'plugin registered twice',
    explanation: 'Two plugins have the same name. Names are unique, because `requires` refers to them.',
  },
  MP2010: {
    title: 'unknown component type',
    explanation:
      'Neither minipaas nor KubeVela has a component type of this name. Check the spelling; `type@version` is accepted. Own definitions written in CUE are not supported yet.',
  },
  MP2011: {
    title: 'unknown trait type',
    explanation:
      'Neither minipaas nor KubeVela has a trait of this name. OAM asks a runtime to refuse an application whose traits it cannot fulfil, so this is an error and not ignored.',
  },
  MP2012: {
    title: 'unknown policy type',
    explanation: 'Neither minipaas nor KubeVela has a policy type of this name. Check the spelling.',
  },
  MP2013: {
    title: 'unknown workflow step type',
    explanation: 'Neither minipaas nor KubeVela has a workflow step type of this name. Check the spelling.',
  },
  MP2014: {
    title: 'conflicting traits',
    explanation:
      'Two traits of one component change the same thing. Both are applied in the order of the list, as KubeVela does; the later one wins. Usually one of them should go.',
  },
  MP2015: {
    title: 'version of a type is not considered',
    explanation:
      'A type may be pinned to a version of its definition (`webservice@v2`). minipaas has one version of each type and uses it.',
  },
  MP2020: {
    title: 'known, but not simulated',
    explanation:
      'KubeVela has this type, minipaas accepts it and checks its parameters, but nothing happens locally. Such a component counts as healthy and blocks nothing. With --strict this is an error.',
  },
  MP2101: {
    title: 'wrong type of value',
    explanation:
      'A parameter has another type than its definition asks for. KubeVela would refuse it as well: in CUE the number 80 and the text "80" are different values.',
  },
  MP2102: {
    title: 'required parameter missing',
    explanation: 'A parameter without a preset is not given. The place shown is the map that should contain it.',
  },
  MP2103: {
    title: 'undeclared parameter',
    explanation:
      'The definition has no parameter of this name. KubeVela ignores such keys in silence, so that a misspelt one has no effect; minipaas warns and ignores it.',
  },
  MP2104: {
    title: 'value not among the allowed ones',
    explanation: 'The parameter accepts a fixed list of values, and this is none of them. Upper and lower case matter.',
  },
  MP2105: {
    title: 'value out of range or badly formed',
    explanation:
      'The type of the value is right, but a number is outside its limits or a text has the wrong form, such as "1 GB" for a quantity.',
  },
  MP2106: {
    title: 'parameters that exclude or need each other',
    explanation:
      'Of a group of parameters exactly one must be given, or two were given that cannot be combined; a probe, for instance, has one of exec, httpGet and tcpSocket.',
  },
  MP2201: {
    title: 'container not found',
    explanation:
      'A trait or the overlay names a container that the component does not have at that point. Traits are applied in list order: a sidecar must be added before another trait can change it.',
  },
  MP2202: {
    title: 'container name already used',
    explanation: 'A trait adds a container under a name that another container of the component already has. Names are unique in a pod.',
  },
  MP2203: {
    title: 'volume defined twice',
    explanation: 'Two volumes of one component have the same name but different contents. Give one of them another name.',
  },
  MP2204: {
    title: 'mount of an unknown volume',
    explanation:
      'A container mounts a volume that no part of the component defines. Kubernetes would refuse the pod. The `storage` trait prefixes the names of its volumes with pvc-, configmap-, secret-, emptydir- or hostpath-.',
  },
  MP2205: {
    title: 'service port with two targets',
    explanation:
      'Two parts of a component give the same port of its service different container ports. minipaas keeps the first; in a cluster whichever is applied last wins.',
  },
  MP2206: {
    title: 'container port used twice',
    explanation:
      'Two ports of one pod have the same number and protocol. All containers of a pod share one network identity, so only one of them could listen.',
  },
  MP2207: {
    title: 'parameter without effect',
    explanation: 'In this combination the parameter changes nothing, in KubeVela neither.',
  },
  MP2208: {
    title: 'nothing to publish',
    explanation: 'A published port needs a port of the component to lead to. Name it as `target`, or give the component a port.',
  },
  MP2209: {
    title: 'input leads nowhere',
    explanation:
      'An input is to be put at a place of the component that does not exist, for instance at a trait the component does not have.',
  },
  MP2301: {
    title: 'expression not supported',
    explanation:
      'minipaas evaluates paths (`output.status.readyReplicas`, `outputs.service.metadata.name`), texts, numbers, indices and `+`. Any other CUE expression is refused rather than misunderstood.',
  },
  MP2302: {
    title: 'expression has no value',
    explanation:
      'A path of the expression does not exist in the object it looks into. The object and its status are shown by `minipaas explain`.',
  },
  MP2303: {
    title: 'values that cannot be added',
    explanation: 'The operator `+` adds two numbers or joins two texts. CUE converts nothing, and neither does minipaas.',
  },
  MP2401: {
    title: 'override with an invalid pattern',
    explanation:
      'The name in an override is a regular expression in which `*` means any characters. This one cannot be read, so the entry matches nothing.',
  },
  MP2402: {
    title: 'override that matches nothing',
    explanation: 'No component matches the entry, and its name is not a valid name for a new component, so it has no effect.',
  },
  MP2403: {
    title: 'override adds a component without a type',
    explanation: 'An override whose name matches no component adds one. That needs a type. Probably the name is misspelt.',
  },
  MP2404: {
    title: 'override meets a trait that occurs twice',
    explanation:
      'Overrides merge traits by type. Where a component has a type twice, KubeVela keeps only the last of them once any override touches the component.',
  },
  MP2405: {
    title: 'selector names an unknown component',
    explanation: 'The selector of an override lists a component that does not exist; it selects nothing.',
  },
  MP2501: {
    title: 'unknown trigger type',
    explanation: 'Neither KEDA nor minipaas has a trigger of this name. Types of KEDA without a reader are accepted too, and set by hand.',
  },
  MP2502: {
    title: 'two triggers have the same name',
    explanation:
      'Names of triggers are unique within a scaler, because formulas and `minipaas metric set` refer to them. KEDA refuses the second.',
  },
  MP2503: {
    title: 'metric type not possible',
    explanation:
      'Triggers compare a total (AverageValue) or a ratio (Value); only cpu and memory know Utilization, and they must say which they mean with `metricType` beside `type`.',
  },
  MP2504: {
    title: 'cached metrics not possible',
    explanation:
      '`useCachedMetrics` lets the HPA use the value of the last poll. cpu, memory and cron are never polled in that way, and KEDA refuses it.',
  },
  MP2505: {
    title: 'old place of the metric type',
    explanation: 'Up to KEDA 2.17 the metric type of cpu and memory could stand in the metadata as `type`. Newer versions refuse it.',
  },
  MP2506: {
    title: 'a trigger refers to something that does not exist',
    explanation:
      'A trigger names a TriggerAuthentication, ClusterTriggerAuthentication or InterceptorRoute that no document of its namespace declares.',
  },
  MP2507: {
    title: 'trigger set by hand',
    explanation:
      'minipaas has no reader for this trigger, or cannot get its credentials. It is accepted, and its value is whatever `minipaas metric set` last gave it.',
  },
  MP2508: {
    title: 'authentication not simulated',
    explanation:
      'Identities of a cloud and vaults cannot be asked from here. The other parameters of the authentication are used, and triggers that refer to it are set by hand.',
  },
  MP2510: {
    title: 'two scalers on one component',
    explanation:
      'A component is scaled by one trait or document. Two of them would undo each other every few seconds; KEDA refuses a second ScaledObject or an HPA of somebody else.',
  },
  MP2511: {
    title: 'component that cannot be scaled',
    explanation: 'A scaler needs a target with a number of replicas: a Deployment or StatefulSet. Jobs and daemons have none.',
  },
  MP2512: {
    title: 'bounds that contradict each other',
    explanation:
      'The minimum must not be above the maximum, and the idle count must be below the minimum. Only an idle count of 0 lasts, because from 1 replica on the HPA keeps at least the minimum.',
  },
  MP2513: {
    title: 'scale to zero without a wake-up',
    explanation:
      'cpu and memory of no replicas say nothing, so a component that is scaled by them alone never leaves 0 and never goes there. KEDA refuses a minimum of 0.',
  },
  MP2514: {
    title: 'fallback not possible',
    explanation:
      'A fallback stands in for a value that cannot be read. cpu and memory have none, and the behavior scalingModifiers needs a formula.',
  },
  MP2515: {
    title: 'container without a request',
    explanation:
      'Utilisation is use divided by request, so every measured container needs a request (or a limit) for the resource. KEDA refuses the scaler, an HPA alone reports FailedGetResourceMetric and keeps the size.',
  },
  MP2516: {
    title: 'scaling modifiers not valid',
    explanation: 'A formula needs a target above 0, and uses the names of triggers. KEDA refuses the ScaledObject otherwise.',
  },
  MP2517: {
    title: 'variable not found',
    explanation:
      'A `...FromEnv` key names a variable that the container does not have. KEDA looks at the variables of the pod, not at those of the image, and then finds nothing.',
  },
  MP2518: {
    title: 'trigger outside of the formula',
    explanation: 'With a formula, only its result scales the component. A trigger without a name cannot be part of it.',
  },
  MP2519: {
    title: 'scaler without triggers',
    explanation: 'A ScaledObject or ScaledJob needs at least one trigger. KEDA refuses an empty list.',
  },
  MP2520: {
    title: 'polling or cool-down without effect',
    explanation:
      'The polling interval and the cool-down belong to the step between 0 (or the idle count) and the minimum. With a minimum above 0 and no idle count there is no such step; from 1 up the HPA decides every 15 seconds.',
  },
  MP2530: {
    title: 'without effect on a ScaledJob',
    explanation:
      'A ScaledJob creates jobs instead of replicas: it has no HPA, no cached metrics and no part for cpu and memory, and a custom strategy without a percentage is the default one.',
  },
  MP2531: {
    title: 'pod template that cannot be run',
    explanation:
      'The template of a job needs at least one container, volumes of a kind that exists here, and not more than a thousand pods for one job.',
  },
} as const satisfies Record<Code, CatalogueEntry>
