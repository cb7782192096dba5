import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of the API, the state directory and the command line. */
export const apiCodes = {
  MP8001: {
    title: 'the token is missing or wrong',
    explanation: 'Requests to the daemon carry the token of its discovery file, which only its user can read.',
  },
  MP8002: {
    title: 'the request names another host',
    explanation:
      'The daemon answers requests for its own loopback address only, so that a web page cannot reach it through a name that points here.',
  },
  MP8003: {
    title: 'nothing runs in the environment',
    explanation: 'The environment is known but no application runs in it. `minipaas up` starts one.',
  },
  MP8004: {
    title: 'there is no such component',
    explanation: 'The name is no component of the environment. The answer lists the known ones or the nearest.',
  },
  MP8005: {
    title: 'the component name is ambiguous',
    explanation: 'A component of that name exists in several namespaces. Say which, as the answer shows.',
  },
  MP8006: {
    title: 'the model has errors',
    explanation: 'The errors are listed with their places. Nothing was changed.',
  },
  MP8007: {
    title: 'the files declare no application',
    explanation: 'The given files were read and hold no Application document.',
  },
  MP8008: {
    title: 'a name belongs to another application',
    explanation:
      'The model declares a name that another application of the environment owns. Rename one, or use an environment of its own.',
  },
  MP8009: {
    title: 'the environment runs on another engine',
    explanation: 'An environment lives on one engine. Take it down first, or ask for the engine it has.',
  },
  MP8010: {
    title: 'the component is not simulated',
    explanation: 'The component is accepted as part of the model and runs nothing, so there is nothing to ask of it.',
  },
  MP8011: {
    title: 'no replica runs',
    explanation: 'A command needs a running replica of the component. `minipaas ps` shows what runs.',
  },
  MP8012: {
    title: 'the component cannot be scaled',
    explanation: 'A component that runs to completion has its count in the model.',
  },
  MP8013: {
    title: 'there is no such application',
    explanation: 'No application of that name runs in the environment.',
  },
  MP8014: {
    title: 'the component has no such port',
    explanation:
      'The component, or the port asked for, has no address of its own on this machine. Publish it in minipaas.yaml, or reach it through `minipaas port-forward`; on plain processes an exposed port has one.',
  },
  MP8015: {
    title: 'the workflow has ended',
    explanation: 'A workflow that has succeeded, failed or been terminated cannot be suspended, resumed or terminated. Restart it.',
  },
  MP8016: {
    title: 'the edge tells of no requests',
    explanation:
      'Requests are remembered by the edge of the environment. It cannot be reached at the moment, or it was started by an earlier version of minipaas, which told of none: `minipaas down` and `up` start another.',
  },
  MP8017: {
    title: 'the component has no such trigger',
    explanation: 'Triggers are named as in the model; `minipaas explain scale` lists those of a component.',
  },
  MP8018: {
    title: 'nothing scales the component',
    explanation: 'Its number of replicas is fixed. A scaling trait, or a ScaledObject or HorizontalPodAutoscaler beside it, makes it vary.',
  },
  MP8019: {
    title: 'the environment cannot have that clock',
    explanation:
      'The clock of decisions belongs to an environment and is chosen by its first `up`: the clock of the machine, a faster one (`--speed 20`), or, on the process engine, one that moves only when it is told (`--clock virtual`).',
  },
  MP8020: {
    title: 'the environment did not come to rest',
    explanation: 'Time passes for an environment when what its decisions caused is done. Something did not become ready, or fail, in time.',
  },
  MP8021: {
    title: 'the request comes from a web page',
    explanation: 'Requests with an Origin header come from a browser. No web page may use the API of the daemon.',
  },
  MP8022: {
    title: 'the request is not of the expected form',
    explanation:
      'The body, the query or the frame is checked against the contract; each wrong place is listed. Clients and daemon are probably of different versions.',
  },
  MP8023: {
    title: 'the body of the request cannot be read',
    explanation: 'The API takes application/json of at most 16 MiB.',
  },
  MP8024: {
    title: 'the API has no such path',
    explanation: 'The path or its method is not part of the API.',
  },
  MP8025: {
    title: 'there is no such environment',
    explanation: 'No environment of that name exists. `minipaas ls` lists those that do.',
  },
  MP8026: {
    title: 'the path is a WebSocket',
    explanation: 'The path answers WebSocket hand-shakes only.',
  },
  MP8027: {
    title: 'the name of an environment is not valid',
    explanation: 'Names are DNS labels: at most 63 lower-case letters, digits and inner hyphens.',
  },
  MP8028: {
    title: 'the daemon is stopping',
    explanation: 'The daemon takes no more requests. The next command starts another one; replicas are kept.',
  },
  MP8031: {
    title: 'a load cannot go there',
    explanation:
      '`minipaas load` sends requests to components that serve, and to URLs of this machine: localhost, names that end in .localhost, addresses of 127.0.0.0/8 and [::1]. Nothing else is ever loaded.',
  },
  MP8032: {
    title: 'the load is too much',
    explanation:
      'A load runs in the daemon, beside everything else: it has at most 1,000,000 requests, 10,000 a second, for an hour, 10,000 at once.',
  },
  MP8051: {
    title: 'the state directory cannot be used',
    explanation: 'The directory of the daemon belongs to another user or cannot be written. MINIPAAS_HOME names another one.',
  },
  MP8053: {
    title: 'a file cannot be read',
    explanation: 'The system refuses to let the daemon read a file of the model. Check its permissions.',
  },
  MP8101: {
    title: 'the arguments of a command are not right',
    explanation: '`minipaas help` and a command with --help show what is understood.',
  },
  MP8102: {
    title: 'no model file was found',
    explanation: 'Name the model with -f, or list it under `models` in minipaas.yaml.',
  },
  MP8103: {
    title: 'nothing is running',
    explanation: 'The command needs a running environment. `minipaas up` starts one.',
  },
  MP8104: {
    title: 'the daemon did not start',
    explanation: 'The daemon ended or did not answer in time; its log is named in the message.',
  },
  MP8105: {
    title: 'the daemon does not answer',
    explanation: 'The daemon is gone or stuck. Running the command again starts a new one; replicas are kept.',
  },
  MP8106: {
    title: 'the daemon of another version does not end',
    explanation: 'A daemon of another version is to be replaced and does not end. End it by hand; replicas are kept.',
  },
  MP8107: {
    title: 'an input file cannot be read',
    explanation: 'A file named on the command line does not exist or cannot be read.',
  },
  MP8108: {
    title: 'a local port cannot be used',
    explanation:
      '`minipaas port-forward` cannot listen on the port of this machine. Choose another one, or let it take any free one with `:80`.',
  },
  MP8109: {
    title: 'files cannot be copied like that',
    explanation:
      'The source and the destination of `minipaas cp` do not fit: a directory over a file, a directory that is missing, or an archive that would write outside of its destination.',
  },
  MP8110: {
    title: 'the system store was not changed',
    explanation:
      'A command that changes which certificate authorities this system trusts failed. It needs the rights of an administrator, or the program is not installed. `minipaas trust --print` prints the commands to run by hand.',
  },
} as const satisfies Record<Code, CatalogueEntry>
