import type { ContainerRole } from '../../../src/model/observed.ts'

/** Everything that can be observed is in labels: whoever reads them needs no memory of who wrote them. */
const PREFIX = 'io.minipaas.'

/** What a container, network or volume is for. `pod` is a container of a replica; a volume with a replica lives as long as that. */
export type Role = 'edge' | 'meters' | 'sandbox' | 'pod' | 'one-off' | 'network' | 'volume' | 'image'

export const LABELS = {
  role: `${PREFIX}role`,
  /** The state directory whose daemon is in charge: others leave it alone. */
  home: `${PREFIX}home`,
  environment: `${PREFIX}environment`,
  /** Life of the daemon that made it, for information. */
  instance: `${PREFIX}instance`,
  app: `${PREFIX}app`,
  component: `${PREFIX}component`,
  ordinal: `${PREFIX}ordinal`,
  replica: `${PREFIX}replica`,
  revision: `${PREFIX}revision`,
  hash: `${PREFIX}hash`,
  restartToken: `${PREFIX}restart-token`,
  pushToken: `${PREFIX}push-token`,
  container: `${PREFIX}container`,
  containerRole: `${PREFIX}container-role`,
  /** Times this container was started again before: a restart makes a new container, as a kubelet does. */
  restarts: `${PREFIX}restarts`,
  /** JSON array of all containers of the replica that stay (not of init containers), so that a missing one is noticed. */
  members: `${PREFIX}members`,
  /** JSON array of port numbers that a pod container declares or is probed at: where the edge may look for it. */
  ports: `${PREFIX}ports`,
  /** Id of the sandbox that a pod container joined. */
  sandbox: `${PREFIX}sandbox`,
  /** Hash of what a sandbox gives to its members (hostname, aliases, resolver): another one needs another sandbox. */
  fingerprint: `${PREFIX}fingerprint`,
  /** JSON of the hook to run before a pod container is ended: whoever ends it may know nothing else of it. */
  preStop: `${PREFIX}pre-stop`,
  /** Model name of a volume or network, full name of a built image. */
  name: `${PREFIX}name`,
} as const

export type Labels = Readonly<Record<string, string>>

export interface MemberLabel {
  readonly name: string
  readonly role: ContainerRole
}

/** Docker Desktop and `docker compose ls` group containers by these. */
export function composeLabels(environment: string, service: string, number: number): Labels {
  return {
    'com.docker.compose.project': environment,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.oneoff': 'False',
  }
}
