import type { Code } from '../../../src/kernel/diagnostic.ts'
import type { Fault, FaultKind } from '../../../src/kernel/fault.ts'

export interface EngineText {
  readonly text: RegExp
  readonly kind: FaultKind
  readonly code: Code
  readonly next?: string
  readonly retry: Fault['retry']
}

/**
 * What engines say in their refusals, where the status does not tell. The first that fits counts. Seen with
 * Docker 20.10 and Podman 4.3; those of other versions (of the daemon, libnetwork, runc, crun) are as far as they are known.
 */
export const ENGINE_TEXTS: readonly EngineText[] = [
  {
    text: /no such image|image not known|manifest unknown|pull access denied/i,
    kind: 'not-found',
    code: 'MP4207',
    next: 'pull or build the image, or correct its name',
    retry: 'backoff',
  },
  {
    text: /port is already allocated|address already in use|ports are not available|failed to bind host port/i,
    kind: 'conflict',
    code: 'MP4208',
    next: 'end what listens on the port, or publish another one',
    retry: 'backoff',
  },
  {
    text: /no space left on device|disk quota exceeded|cannot allocate memory/i,
    kind: 'unavailable',
    code: 'MP4209',
    next: 'free disk or memory of the engine (`docker system df`)',
    retry: 'backoff',
  },
  {
    text: /minimum memory limit|range of cpus|cpus? (?:are|is) not available|invalid (?:memory|cpu)|memory reservation|nanocpus/i,
    kind: 'invalid',
    code: 'MP4211',
    next: 'change requests and limits of the container to what the engine allows',
    retry: 'backoff',
  },
  {
    text: /bind source path does not exist|invalid mount|error mounting|invalid volume specification|mount denied|statfs .*no such file/i,
    kind: 'invalid',
    code: 'MP4106',
    next: 'correct the path; on Docker Desktop it must be shared with the engine',
    retry: 'backoff',
  },
  {
    text: /executable file .*not found|exec format error|(?:exec|runtime).*(?:no such file or directory|permission denied)|stat .*: no such file or directory|chdir to cwd/i,
    kind: 'invalid',
    code: 'MP4102',
    next: 'correct command and args, and see that the image is made for this machine',
    retry: 'backoff',
  },
  { text: /is already in use by|name .* is in use|name .* already in use/i, kind: 'conflict', code: 'MP4204', retry: 'soon' },
  { text: /already in progress|marked for removal/i, kind: 'conflict', code: 'MP4210', retry: 'soon' },
  {
    text: /has active endpoints|volume is in use|volume .* is being used|being used by the following|dependent containers/i,
    kind: 'in-use',
    code: 'MP4205',
    retry: 'backoff',
  },
  { text: /overlaps with|overlapping|is already used|already being used by a network/i, kind: 'conflict', code: 'MP4203', retry: 'soon' },
  { text: /is not running|is paused|is restarting|state improper|only .* running/i, kind: 'conflict', code: 'MP4109', retry: 'soon' },
]
