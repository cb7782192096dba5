import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of routing: routes, listeners, held and refused requests. */
export const routingCodes = {
  MP6001: {
    title: 'something leads nowhere',
    explanation:
      'A service, route or published port leads to a component that is not running here. Requests are answered with 503 and the reason.',
  },
  MP6002: {
    title: 'a port is served for the first one only',
    explanation: 'Two services or published ports claim the same address; the first one is served.',
  },
  MP6003: {
    title: 'the component cannot answer at the moment',
    explanation:
      'Nothing is bringing a replica up: the component is stopped, keeps crashing or waits for the user. The reason is in the answer, and `minipaas status` shows it.',
  },
  MP6004: {
    title: 'the port is not declared',
    explanation: 'A request or a published port is for a port that the component does not declare.',
  },
  MP6006: {
    title: 'a route has no target',
    explanation: 'All targets of the route have the weight 0.',
  },
  MP6007: {
    title: 'a service has no address',
    explanation:
      'Every service gets an address of the network of its environment, and none is left, or the engine reports none that can be given. The service is not reached inside the environment; routes and published ports are.',
  },
  MP6008: {
    title: 'the name does not exist in the cloud either',
    explanation:
      'A program looks up a name that no service has. In the cloud a component has a name on the network only where one of its ports is exposed (`expose: true`, or the traits `expose` and `gateway`), and a short name is looked for in the namespace of who asks only. The resolver answers here as it would there.',
  },
  MP6010: {
    title: 'too many requests wait',
    explanation: 'So many requests wait for the component already that one more would only wait longer. Try again.',
  },
  MP6011: {
    title: 'the component was removed',
    explanation: 'The component was removed while the request waited for it.',
  },
  MP6012: {
    title: 'no replica accepts connections',
    explanation:
      'Replicas count as ready, but for some seconds nobody has listened on the port that the request is for. A process has to listen on the port in PORT, or in PORT_<NAME> where the component declares several.',
  },
  MP6030: {
    title: 'a condition of a route cannot be checked',
    explanation:
      'A method, a name or a regular expression of the route is malformed. Without that condition the route would take requests that are not meant for it, so it is not served at all.',
  },
  MP6031: {
    title: 'a route asks for something that cannot be done',
    explanation:
      'A redirect, a rewrite, a change of header fields, a time limit or a cookie of the route is malformed, or would change where a message ends. It is left out; the rest of the route is served.',
  },
  MP6032: {
    title: 'too many clients are connected',
    explanation:
      'The edge of the environment has as many connections of clients as its limit of open files lets it serve. Close some, or start minipaas with a higher limit (`ulimit -n`).',
  },
} as const satisfies Record<Code, CatalogueEntry>
