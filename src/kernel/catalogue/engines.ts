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
  MP4114: {
    title: 'the port does not answer',
    explanation: 'A connection to a port of a replica could not be made: nothing listens there, or the model does not declare the port.',
  },
  MP4115: {
    title: 'there is no such signal',
    explanation: 'This machine does not know the signal that a process was to be sent.',
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
  MP4122: {
    title: 'triggers cannot be read',
    explanation:
      'The program that reads queues, databases and metrics inside the environment ended, or does not answer. It is started again with growing pauses; until then every reading is an error, so that components keep their size or get that of their fallback.',
  },
  MP4201: {
    title: 'the container engine does not answer',
    explanation:
      'No container engine was found, or the one in use went away. Containers and the edge go on without the daemon; it looks again by itself. `minipaas doctor` lists where engines were looked for and why each place was refused.',
  },
  MP4202: {
    title: 'the container engine refuses access',
    explanation:
      'The engine is there, but this user may not use it. On Linux, members of the group `docker` may; rootless engines need no group.',
  },
  MP4203: {
    title: 'no addresses are free for the network',
    explanation:
      'Each environment has a network of its own with 4096 private addresses. All ranges overlap with other networks of the engine, or with interfaces and routes of this machine.',
  },
  MP4204: {
    title: 'a name on the engine is taken',
    explanation:
      'A container, network or volume of the name that is needed exists already, but belongs to somebody else, who is not touched. Remove or rename it, or use another project name.',
  },
  MP4205: {
    title: 'something is still in use',
    explanation: 'A network or volume cannot be removed, because a container that is not ours, or that is still ending, uses it.',
  },
  MP4206: {
    title: 'the sandbox is still in use',
    explanation:
      'The sandbox of a replica must be replaced, because its hostname or host aliases changed, while containers of the last revision run in it. It is tried again when they are gone.',
  },
  MP4207: {
    title: 'the image is missing',
    explanation: 'The engine does not have the image, or does not find it under that name. Pull it, build it, or correct its name.',
  },
  MP4208: {
    title: 'the port is taken',
    explanation: 'Something else listens on the port that should be published. End it, or publish another one.',
  },
  MP4209: {
    title: 'the engine is full',
    explanation: 'The engine has no more disk or memory. `docker system df` shows what takes it.',
  },
  MP4210: {
    title: 'the engine refused',
    explanation: 'The engine did not do what it was asked, for the reason in its own words. It is tried again with growing pauses.',
  },
  MP4211: {
    title: 'the engine does not allow these resources',
    explanation: 'The requests or limits of a container are below or above what the engine can give.',
  },
  MP4212: {
    title: 'the sandbox did not stay',
    explanation:
      'The container that holds the network of a replica ended at once, or has no address on the network of the environment. `docker inspect` of it and the log of the engine say more.',
  },
  MP4213: {
    title: 'there is no such path in the container',
    explanation: 'A file or directory that was to be copied, or the directory to copy into, is not in the container.',
  },
  MP4230: {
    title: 'no image for edges and sandboxes',
    explanation:
      'Edges and sandboxes are containers of an image that is made once from an image with Node. That one is not on the engine, no registry that has it is reached, and this machine has no Node that fits the engine. `docker save` it where there is a network and `docker load` it here, name another one in the variable MINIPAAS_EDGE_BASE, or use --engine process.',
  },
  MP4231: {
    title: 'the image in MINIPAAS_EDGE_BASE does not fit',
    explanation:
      'Edges and sandboxes need Node 20 or later and the programs `ip` and `sleep` in their image; a trial with the named image failed.',
  },
  MP4232: {
    title: 'a port of a replica cannot be reached',
    explanation: 'The edge could not connect to the port of the replica: the replica has not started, or nothing listens there.',
  },
} as const satisfies Record<Code, CatalogueEntry>
