import * as z from 'zod'

/** Query strings and small bodies that clients send; the schemas are the contract. */

const wholeNumber = z
  .string()
  .regex(/^\d+$/, 'expected a whole number')
  .transform(Number)
  .pipe(z.number().int().max(Number.MAX_SAFE_INTEGER))
const listed = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const flag = z.enum(['true', 'false', '1', '0', '']).transform((text) => text !== 'false' && text !== '0')

/** Events after this sequence number; absent means only new ones. */
export const eventsQuery = z.object({ after: wholeNumber.optional() }).strict()

export const logsQuery = z
  .object({
    /** May be repeated; absent means all. */
    component: listed.default([]),
    app: z.string().optional(),
    container: z.string().optional(),
    follow: flag.default(false),
    tail: wholeNumber.optional(),
    /** Milliseconds since the epoch. */
    since: wholeNumber.optional(),
  })
  .strict()

/** Which requests that have ended a client wants to see. */
export const requestsQuery = z
  .object({
    /** Names or keys; may be repeated; absent means all, those that no component has seen too. */
    component: listed.default([]),
    app: z.string().optional(),
    follow: flag.default(false),
    /** Only the last ones of those that are remembered. */
    tail: wholeNumber.optional(),
    /** That came after this time, in milliseconds since the epoch. */
    since: wholeNumber.optional(),
    /** Only those that `isFailed` says. */
    failed: flag.default(false),
    /** Those that ended after the one of this id: a client that comes again goes on where it was. */
    after: z
      .string()
      .regex(/^[^.\s]{1,100}\.\d{1,15}$/, 'expected the id of a request')
      .optional(),
  })
  .strict()

/** Which replicas a table of processes or of usage is about. */
export const replicasQuery = z
  .object({
    /** May be repeated; absent means all. */
    component: listed.default([]),
  })
  .strict()

/** A path in a container of one replica: a running one where there is one. */
export const archiveQuery = z
  .object({ path: z.string().min(1).max(4096), ordinal: wholeNumber.optional(), container: z.string().optional() })
  .strict()

export const forwardQuery = z.object({ port: wholeNumber.pipe(z.number().min(1).max(65_535)), ordinal: wholeNumber.optional() }).strict()

export const portQuery = z.object({ port: wholeNumber.pipe(z.number().min(1).max(65_535)).optional() }).strict()

export const shutdownRequest = z
  .object({ reason: z.string().max(200) })
  .strict()
  .default({ reason: 'asked by a client' })
