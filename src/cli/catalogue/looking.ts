import { fileOption } from './command-outline.ts'
import type { CommandSpec } from './command-spec.ts'

const ACCESS_LOG_NOTES = `The access log has one line for each request, after the combined log format:
  <client> - - [<time it came>] "<method> <path> <protocol>" <status> <bytes of the answer's body>
  host=<host> replica=<replica> wait=<time for a replica>ms took=<with the wait>ms trace=<trace id> reason="<text>"
"-" stands for what there is not; "reason" is there where the answer is not a complete one of a replica.
Queries and bodies are never in it. The edge remembers the last 1,000 requests.`

const REQUESTS_NOTES = `TOOK is the time from the request to the end of its answer, WAIT the part of it before there was a replica.
A status of 499 means that the client left before the answer. REASON says why an answer is not a complete one of a replica.
WebSockets and other connections are listed when they end. Queries and bodies are never shown.
The edge remembers the last 1,000 requests.`

const SIMULATE_NOTES = `A load file names components, or * for all others:
  components:
    web:
      load: [{ diurnal: { low: 1/s, high: 40/s, peak: 14h } }, { spike: { rate: 200/s, at: 9h, for: 10m } }]
      serviceTime: { lognormal: { median: 80ms, p95: 400ms } }
      concurrency: 20
      startDelay: 3s
    worker:
      queues: [{ trigger: rabbitmq, load: { poisson: 5/s }, consume: 2/s }]
Shapes: constant, ramp, spike, diurnal, steps, poisson, trace (CSV or NDJSON), cron; "arrivals: poisson" makes any of them come by chance.
Fields of a what-if are those of the model: cooldownPeriod=60, web:maxReplicaCount=20, triggers.0.metadata.listLength=20, triggers.0.target=5.`

/** Commands that change nothing. */
export const LOOKING_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'ps',
    summary: 'List replicas',
    operands: '[component...]',
    options: [
      { flags: '-a, --all', summary: 'also replicas that ended' },
      { flags: '-q, --quiet', summary: 'only their names' },
    ],
    policy: 'existing',
    load: async () => (await import('../commands/ps.ts')).ps,
  },
  {
    name: 'ls',
    summary: 'List applications and components of all environments',
    policy: 'existing',
    load: async () => (await import('../commands/ls.ts')).ls,
  },
  {
    name: 'status',
    summary: 'Show applications with their workflow and services',
    operands: '[application]',
    options: [
      { flags: '--endpoint', summary: 'only endpoints' },
      { flags: '--pod', summary: 'only replicas' },
    ],
    policy: 'existing',
    load: async () => (await import('../commands/status.ts')).status,
  },
  {
    name: 'logs',
    summary: 'Print the output of components, or the requests to them',
    operands: '[component...]',
    options: [
      { flags: '-f, --follow', summary: 'go on with new lines' },
      { flags: '-n, --tail <lines>', summary: 'only the last lines of each replica' },
      { flags: '--since <time>', summary: 'only lines after a time (2026-11-25T10:00:00Z) or of the last while (10m)' },
      { flags: '-t, --timestamps', summary: 'print the time of each line' },
      { flags: '--container <name>', summary: 'only this container' },
      { flags: '--access', summary: 'the access log of the edge: a line for each request to the components, when it has ended' },
      { flags: '--no-color', summary: 'no colours' },
      { flags: '--no-log-prefix', summary: 'no replica names' },
    ],
    policy: 'existing',
    notes: ACCESS_LOG_NOTES,
    load: async () => (await import('../commands/logs.ts')).logs,
  },
  {
    name: 'requests',
    summary: 'List the last requests that have ended, with where each went',
    operands: '[component...]',
    options: [
      { flags: '-f, --follow', summary: 'go on with new ones' },
      { flags: '-n, --tail <requests>', summary: 'how many of the last ones (20)' },
      { flags: '--failed', summary: 'only those without a complete answer below 500' },
      { flags: '--since <time>', summary: 'only those that came after a time (2026-11-25T10:00:00Z) or within the last while (10m)' },
    ],
    policy: 'existing',
    notes: REQUESTS_NOTES,
    load: async () => (await import('../commands/requests.ts')).requests,
  },
  {
    name: 'top',
    summary: 'List the processes of running containers',
    operands: '[component...]',
    policy: 'existing',
    load: async () => (await import('../commands/top.ts')).top,
  },
  {
    name: 'stats',
    summary: 'Print what replicas use, again and again',
    operands: '[component...]',
    options: [{ flags: '--no-stream', summary: 'only once' }],
    policy: 'existing',
    load: async () => (await import('../commands/stats.ts')).stats,
  },
  {
    name: 'port',
    summary: 'Print the local address of a port of a component',
    operands: '<component> [port]',
    policy: 'existing',
    load: async () => (await import('../commands/port.ts')).port,
  },
  {
    name: 'events',
    summary: 'Print events as they happen',
    options: [{ flags: '--after <seq>', summary: 'start after this sequence number' }],
    policy: 'existing',
    load: async () => (await import('../commands/events.ts')).events,
  },
  {
    name: 'config',
    summary: 'Print the resolved applications, without values of secrets',
    policy: 'existing',
    load: async () => (await import('../commands/config.ts')).config,
  },
  {
    name: 'explain',
    summary: 'Print the resolved values of a component and where each comes from',
    operands: '<component> [field]',
    policy: 'existing',
    load: async () => (await import('../commands/explain.ts')).explain,
  },
  {
    name: 'validate',
    summary: 'Check model files; needs no daemon',
    options: [fileOption, { flags: '--strict', summary: 'what is known but not simulated is an error' }],
    policy: 'existing',
    load: async () => (await import('../commands/validate.ts')).validate,
  },
  {
    name: 'simulate',
    summary: 'Scale the application under a load in virtual time; needs no daemon',
    options: [
      fileOption,
      { flags: '--load <file>', summary: 'load file: what comes to which component, and how long it takes' },
      { flags: '--for <duration>', summary: 'length of the run (24h)' },
      { flags: '--seed <n>', summary: 'of everything that is by chance (1); the same seed gives the same bytes' },
      {
        flags: '--start-delay <duration>',
        summary: 'from the start of a replica until it is ready, where the load file does not say (2s)',
      },
      { flags: '--flow', summary: 'follow requests as a stream instead of each by itself: much faster, the same decisions' },
      { flags: '--what-if <field=value>', summary: 'run once more with another scaling, and show both', repeatable: true },
      { flags: '--format <format>', summary: 'output format (text: a plot)', choices: ['text', 'json', 'csv', 'html'] },
      { flags: '--out <file>', summary: 'write the report there; its ending chooses the format' },
    ],
    policy: 'existing',
    notes: SIMULATE_NOTES,
    load: async () => (await import('../commands/simulate.ts')).simulate,
  },
  {
    name: 'doctor',
    summary: 'Check this machine',
    policy: 'existing',
    load: async () => (await import('../commands/doctor.ts')).doctor,
  },
  {
    name: 'trust',
    summary: 'Make the local authority for https and let this system trust it, or print how; needs no daemon',
    options: [
      { flags: '--print', summary: 'print the commands and run none' },
      { flags: '--yes', summary: 'run the commands without asking' },
      { flags: '--uninstall', summary: 'let this system no longer trust it' },
    ],
    policy: 'existing',
    load: async () => (await import('../commands/trust.ts')).trust,
  },
  {
    name: 'version',
    summary: 'Print versions of this program and of the daemon',
    policy: 'existing',
    load: async () => (await import('../commands/version.ts')).version,
  },
  {
    name: 'completion',
    summary: 'Print a completion script for bash, zsh or fish',
    operands: '<shell>',
    policy: 'existing',
    load: async () => (await import('../commands/completion.ts')).completion,
  },
]
