import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of `minipaas simulate`: its load file and its what-ifs. */
export const simulationCodes = {
  MP7501: {
    title: 'a value in the load file is not of its kind',
    explanation:
      'Durations are written 250ms, 3s, 10m, 24h, rates 20/s, 300/m, 5/h; other fields are whole numbers or one of a few words. Nothing is simulated until each value can be read.',
  },
  MP7502: {
    title: 'a field that the load file does not have',
    explanation:
      'The field is misspelled or stands in the wrong place. The message names the nearest one; a field that is not read would change nothing.',
  },
  MP7503: {
    title: 'a row of a trace cannot be read',
    explanation:
      'A trace has one row for each stretch of time: a time (in seconds since its start, or as a date) and a number of events, as CSV or as one JSON object a line, in order of time.',
  },
  MP7504: {
    title: 'the load is for a component that does not exist',
    explanation: 'A load file names components of the application, or * for those that it does not name.',
  },
  MP7505: {
    title: 'a what-if that cannot be made',
    explanation:
      'A what-if is field=value, or component:field=value, with a field of the scaling as it is written in the model: minReplicaCount, maxReplicaCount, cooldownPeriod, pollingInterval, triggers.0.target.',
  },
  MP7506: {
    title: 'there is no load file',
    explanation: 'The path after --load, or a path in the load file, leads to no file. Paths in a load file start at its own directory.',
  },
  MP7507: {
    title: 'the report cannot be written',
    explanation:
      'The path after --out cannot be written to: its directory does not exist or is not yours. Without --out the report goes to standard output.',
  },
} as const satisfies Readonly<Record<Code, CatalogueEntry>>
