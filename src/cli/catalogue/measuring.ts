import type { CommandSpec } from './command-spec.ts'

const LOAD_NOTES = `Requests are sent when they are due, whatever became of earlier ones; latencies count from the time a request was due.
It goes to this machine only: to a component's own port or its route, or to a URL of localhost. At most 1,000,000 requests, 10,000 a second, for 1h.
Steps follow each other: "10/s for 30s, 10/s to 100/s for 1m". The first Ctrl+C ends the sending, a second one everything.
It ends with 18 where a request had no complete answer or one of 500 or above, with 130 after Ctrl+C.`

const RECORD_NOTES = `Times are those of the environment's clock of decisions; --for is time of this machine. One JSON object a line: a header, then what came in each
interval, changes of the wanted replicas, and how long starts took. Without --out it is printed. Ctrl+C ends it; the file is complete then.`

/** Commands that load a running environment and write down what happens. */
export const MEASURING_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'load',
    summary: 'Send requests to a component, and show latencies and replicas meanwhile',
    operands: '<component|url>',
    options: [
      { flags: '--rps <n>', summary: 'requests a second' },
      { flags: '--for <duration>', summary: 'how long (30s)' },
      { flags: '--steps <steps>', summary: 'in place of --rps and --for: rates that follow each other' },
      { flags: '--profile <file>', summary: 'in place of both: a load file of simulate, or a recording' },
      { flags: '--arrivals <kind>', summary: 'evenly spaced, or by chance', choices: ['constant', 'poisson'] },
      { flags: '--seed <n>', summary: 'of that chance (1)' },
      { flags: '--concurrency-limit <n>', summary: 'most requests in flight (1000); further ones wait, and their wait counts' },
      { flags: '--timeout <duration>', summary: 'until a request is given up, from when it was due (30s)' },
      { flags: '--port <n>', summary: 'port of the component' },
      { flags: '--path <path>', summary: 'with its query' },
      { flags: '--method <method>', summary: 'GET, unless another one is given' },
      { flags: '--header <name: value>', summary: 'of each request', repeatable: true },
    ],
    policy: 'existing',
    notes: LOAD_NOTES,
    load: async () => (await import('../commands/load.ts')).load,
  },
  {
    name: 'record',
    summary: 'Write the load of a live run as a trace, for simulate',
    operands: '[component...]',
    options: [
      { flags: '--out <file>', summary: 'where to; written anew' },
      { flags: '--for <duration>', summary: 'end after a while' },
    ],
    policy: 'existing',
    notes: RECORD_NOTES,
    load: async () => (await import('../commands/record.ts')).record,
  },
]
