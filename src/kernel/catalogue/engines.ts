import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of engines: what could not be started, stopped or asked. */
export const engineCodes = {
  MP4001: {
    title: 'the replica or container is gone',
    explanation:
      'A step wanted something of a replica, or of a container of it, that is not there any more or does not run. The next pass plans from what there is.',
  },
  MP4002: {
    title: 'nothing says how to build the image',
    explanation: 'A step wanted to build an image for which the applied model has no build.',
  },
  MP4003: {
    title: 'a command in a replica failed',
    explanation: 'A command that a watch rule runs in a replica ended with another code than 0. Its output is in the logs.',
  },
  MP4004: {
    title: 'the engine cannot do that',
    explanation: 'The engine lacks the facility that the request needs, such as running commands in replicas. Another engine may have it.',
  },
  MP4005: {
    title: 'no engine answers',
    explanation: 'Neither engine can be used at the moment. `minipaas doctor` says what each of them lacks.',
  },
  MP4006: {
    title: 'there is no such engine',
    explanation: 'This version does not have the engine that --engine names.',
  },
  MP4007: {
    title: 'the engine builds no images',
    explanation:
      'The model or the overlay says how to build images, but the engine runs plain processes from their directories; --build changes nothing there.',
  },
  MP4101: {
    title: 'the container has only an image',
    explanation: 'The process engine runs commands, not images. Say in minipaas.yaml under `run` how the container runs on this machine.',
  },
  MP4102: {
    title: 'the command cannot be started',
    explanation: 'The program does not exist, is not executable, or its directory is missing.',
  },
  MP4103: {
    title: 'an init container failed',
    explanation:
      'An init container ended with an error; the containers of the replica start only after all of them succeed. It is tried again with growing pauses.',
  },
  MP4104: {
    title: 'a component listens on a fixed port',
    explanation:
      'The component ignores the variable PORT, so that a second replica on the same machine cannot listen. Use PORT, keep one replica, or update by replacement.',
  },
  MP4105: {
    title: 'a postStart hook failed',
    explanation: 'The hook of a container failed, and the container is ended, as in Kubernetes.',
  },
  MP4106: {
    title: 'a volume cannot be mounted',
    explanation: 'The directory of the volume cannot be given to the container.',
  },
  MP4107: {
    title: 'there is no such replica',
    explanation: 'The engine knows no replica of that identity in the environment.',
  },
  MP4108: {
    title: 'there is no such container',
    explanation: 'The replica exists, but has no container of that name.',
  },
  MP4109: {
    title: 'the container is not running',
    explanation: 'The request needs a running container. `minipaas logs` shows its last output.',
  },
  MP4110: {
    title: 'the replica exists with other content',
    explanation: 'A replica of that identity was made from another revision. It is replaced by the next pass.',
  },
  MP4111: {
    title: 'a name cannot be used on this machine',
    explanation: 'Names become directories and variables; letters, digits, dots, hyphens and underscores are possible.',
  },
  MP4112: {
    title: 'the sidecar cannot be started',
    explanation: 'The process engine does not start sidecars of that type yet.',
  },
  MP4113: {
    title: 'no port is free',
    explanation: 'No local port could be reserved for the component.',
  },
  MP4120: {
    title: 'a companion program did not start',
    explanation: 'The edge or the guard could not be started. `minipaas doctor` shows what is missing.',
  },
  MP4121: {
    title: 'the edge does not answer',
    explanation:
      'The program that carries requests does not answer the daemon; requests go on with its last table, or it is being restarted.',
  },
} as const satisfies Record<Code, CatalogueEntry>
