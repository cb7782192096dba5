import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of linking: what one part of the model says about another, and what a start needs. */
export const linkingCodes = {
  MP3020: {
    title: 'a value for a replica is missing',
    explanation:
      'A container reads a secret or config map whose value is not known any more: secret values are never written to disk. Run `up` again with the model and the env files that hold them.',
  },
  MP3101: {
    title: 'two components have the same name',
    explanation: 'Names of components are unique within an application.',
  },
  MP3102: {
    title: 'two workflow steps have the same name',
    explanation: 'Names are unique over all steps and sub-steps of an application.',
  },
  MP3103: {
    title: 'two policies have the same name',
    explanation: 'Steps refer to policies by name, so names are unique. A policy without a name is called like its type.',
  },
  MP3104: {
    title: 'a component needs one that does not exist',
    explanation: '`dependsOn` names components of the same application.',
  },
  MP3105: {
    title: 'things wait for each other',
    explanation: 'Following dependencies and inputs leads in a circle, so nothing in it could ever start.',
  },
  MP3106: {
    title: 'an input reads an output that does not exist',
    explanation: '`from` names an output of a component or of a step of the same application; a path may follow the name.',
  },
  MP3107: {
    title: 'two outputs have the same name',
    explanation: 'Inputs refer to outputs by name, so names are unique within an application.',
  },
  MP3108: {
    title: 'the target of an input is not valid',
    explanation:
      '`parameterKey` is a path into the properties of the component or of one of its traits, such as `env[0].value` or `traits[0].properties.replicas`.',
  },
  MP3109: {
    title: 'two applications have the same name',
    explanation: 'Files given together are concatenated, never merged. An environment holds one application of a name.',
  },
  MP3111: {
    title: 'there is no such cluster',
    explanation: 'The only cluster is `local`, the machine itself.',
  },
  MP3112: {
    title: 'a step depends on one that does not exist',
    explanation: '`dependsOn` of a step names steps of the same workflow.',
  },
  MP3113: {
    title: 'there is no such policy',
    explanation: 'A deploy step names policies of the same application. Policy objects outside of it are not read.',
  },
  MP3114: {
    title: 'there is no such component',
    explanation: 'An apply-component step names a component of the same application.',
  },
  MP3115: {
    title: 'no step applies a component',
    explanation: 'With a workflow of its own, an application runs only what the steps apply.',
  },
  MP3116: {
    title: 'a step comes too early',
    explanation:
      'A component waits for another that only a later step applies. Steps run one by one, so it does not wait; change the order of the steps.',
  },
  MP3118: {
    title: 'sub-steps in the wrong place',
    explanation: 'Only steps of type step-group have sub-steps, and groups cannot be nested.',
  },
  MP3119: {
    title: 'another application owns the component',
    explanation:
      'Names of components are not prefixed by the application: two applications cannot have the same component in one namespace. KubeVela refuses the second as well.',
  },
  MP3120: {
    title: 'there is no such secret',
    explanation:
      'A component reads a secret that no document of the load and no trait creates. As a warning: something that is not simulated might create it in a cluster; here the component is held.',
  },
  MP3121: {
    title: 'the secret has no such key',
    explanation: 'The secret exists, the key does not.',
  },
  MP3122: {
    title: 'there is no such config map',
    explanation: 'A component reads a config map that no document of the load and no trait creates.',
  },
  MP3123: {
    title: 'the config map has no such key',
    explanation: 'The config map exists, the key does not.',
  },
  MP3124: {
    title: 'a service selects no component',
    explanation:
      'The selector of a Service document matches no component in its namespace. The label app.oam.dev/component selects by name.',
  },
  MP3125: {
    title: 'a service without a selector',
    explanation: 'Services without a selector lead to addresses outside the application; they are not simulated.',
  },
  MP3126: {
    title: 'an object is written twice',
    explanation: 'Two documents of one kind have the same name and namespace.',
  },
  MP3127: {
    title: 'a service name leads to two components',
    explanation: 'One name on the network belongs to one component. In a cluster the later object would replace the earlier one.',
  },
  MP3129: {
    title: 'a port of this machine is published twice',
    explanation: 'Two components publish the same port; only one can have it.',
  },
  MP3130: {
    title: 'there is no port of that name',
    explanation: 'A Service document names a target port that the component does not declare.',
  },
  MP3131: {
    title: 'a route leads to no service',
    explanation:
      'A gateway names a service that does not exist. A component has a service only where a port is exposed, or where a trait makes one.',
  },
  MP3132: {
    title: 'the service has no such port',
    explanation: 'A route leads to a port that the service does not have.',
  },
  MP3133: {
    title: 'the overlay names an unknown component',
    explanation: 'An entry under `components` of minipaas.yaml has the name of no component in the given model files, and has no effect.',
  },
  MP3134: {
    title: 'the overlay names an unknown container',
    explanation: 'An entry under `containers` of minipaas.yaml has the name of no container of the component.',
  },
  MP3140: {
    title: 'a scaler has no target',
    explanation:
      'scaleTargetRef of a ScaledObject, HorizontalPodAutoscaler or HTTPScaledObject names a workload of the same namespace. A component is the workload of its name.',
  },
  MP3141: {
    title: 'a scaler has a target of another kind',
    explanation: 'scaleTargetRef names the kind of the workload; without one, a Deployment is meant. Jobs and daemons cannot be scaled.',
  },
  MP3142: {
    title: 'KubeVela would reset the replicas',
    explanation:
      'KubeVela re-applies what an application renders every five minutes and on each publication, so that a number set by an autoscaler is lost. Its documentation asks for a policy apply-once on spec.replicas beside every autoscaler.',
  },
} as const satisfies Record<Code, CatalogueEntry>
