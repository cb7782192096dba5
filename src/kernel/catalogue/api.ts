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
    title: 'the request is refused here',
    explanation: 'The request comes from a web page, which may not use the API; or it asks an environment in which nothing runs.',
  },
  MP8004: {
    title: 'the request cannot be understood',
    explanation: 'The request is not of the expected form, or names a component that is not there.',
  },
  MP8005: {
    title: 'the request is ambiguous or unreadable',
    explanation: 'The body of the request cannot be read, or a component name exists in several namespaces.',
  },
  MP8006: {
    title: 'the request leads to nothing that works',
    explanation: 'The API has no such path; or the model has errors, which are listed, and nothing was changed.',
  },
  MP8007: {
    title: 'there is no such environment or application',
    explanation: 'No environment of that name exists, or the given files declare no application.',
  },
  MP8008: {
    title: 'the request collides',
    explanation: 'The path is a WebSocket; or the model declares what another application of the environment owns.',
  },
  MP8009: {
    title: 'the environment cannot be used so',
    explanation: 'The name of the environment is not valid, or it runs on another engine than the one asked for.',
  },
  MP8010: {
    title: 'the request comes at the wrong time',
    explanation: 'The daemon is stopping, and the next command starts another one; or the component is not simulated and runs nothing.',
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
      'The component, or the port asked for, has no address of its own on this machine. Expose it in the model or publish it in minipaas.yaml.',
  },
  MP8051: {
    title: 'the state directory cannot be used',
    explanation: 'The directory of the daemon belongs to another user or cannot be written. MINIPAAS_HOME names another one.',
  },
  MP8052: {
    title: 'another daemon is running',
    explanation: 'One daemon serves a user. The running one answers.',
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
} as const satisfies Record<Code, CatalogueEntry>
