import { pipeline } from 'node:stream/promises'
import type { Express, Request, RequestHandler, Response } from 'express'
import type * as z from 'zod'
import type { ArchivePlace, ReplicaAccess } from '../../src/control/environment-control.ts'
import { ARCHIVE_TYPE } from '../../src/wire/api-routes.ts'
import { archiveQuery, forwardQuery, replicasQuery } from '../../src/wire/queries.ts'
import { type Denial, DenialError } from './denial.ts'

/** What the routes share with all others. */
export interface RouteKit {
  readonly accessOf: (request: Request) => ReplicaAccess
  readonly answered: (name: string, answer: (request: Request, signal: AbortSignal) => unknown) => RequestHandler
  readonly accept: <S extends z.ZodType>(schema: S, value: unknown, what: string) => z.output<S>
  readonly denialOf: (error: unknown, during: string) => Denial
  readonly deny: (response: Response, denial: Denial) => void
}

const base = '/v1/environments/:environment'

/** Questions about running replicas, and their files: tar archives in both directions, never held in memory as a whole. */
export function addReplicaRoutes(app: Express, kit: RouteKit): void {
  const { accessOf, answered, accept, denialOf, deny } = kit
  app.get(
    `${base}/processes`,
    answered('processes', (request, signal) =>
      accessOf(request).processes(accept(replicasQuery, request.query, 'query').component, signal),
    ),
  )
  app.get(
    `${base}/usage`,
    answered('usage', (request, signal) => accessOf(request).usage(accept(replicasQuery, request.query, 'query').component, signal)),
  )
  app.get(
    `${base}/forward/:component`,
    answered('forward', (request) => {
      const { port, ordinal } = accept(forwardQuery, request.query, 'query')
      const component = String(request.params.component)
      return accessOf(request).forwardTarget({ component, port, ...(ordinal === undefined ? {} : { ordinal }) })
    }),
  )
  app.get(`${base}/archive/:component`, async (request, response) => {
    const signal = leftSignal(response)
    try {
      const archive = await accessOf(request).readArchive(placeOf(request, accept), signal)
      await send(response, archive)
    } catch (error) {
      if (signal.aborted) return void response.destroy()
      const denial = denialOf(error, 'archive')
      // An archive that was begun can only be cut off.
      if (response.headersSent) response.destroy()
      else deny(response, denial)
    }
  })
  app.put(
    `${base}/archive/:component`,
    answered('archive', async (request, signal) => {
      if (request.is(ARCHIVE_TYPE) === false)
        throw new DenialError({ status: 415, error: { code: 'MP8023', message: `the body of the request must be ${ARCHIVE_TYPE}` } })
      await accessOf(request).writeArchive(placeOf(request, accept), request as AsyncIterable<Uint8Array>, signal)
      return {}
    }),
  )
}

function placeOf(request: Request, accept: RouteKit['accept']): ArchivePlace {
  const { path, ordinal, container } = accept(archiveQuery, request.query, 'query')
  return {
    component: String(request.params.component),
    path,
    ...(ordinal === undefined ? {} : { ordinal }),
    ...(container === undefined ? {} : { container }),
  }
}

/** The first piece comes before the head of the answer, so that what goes wrong at once is still told in words. */
async function send(response: Response, archive: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = archive[Symbol.asyncIterator]()
  const first = await pieces.next()
  response.status(200).setHeader('content-type', ARCHIVE_TYPE)
  await pipeline(async function* () {
    if (first.done === true) return
    yield first.value
    yield* { [Symbol.asyncIterator]: () => pieces }
  }, response)
}

/** Aborts when the client leaves before its answer is complete. */
export function leftSignal(response: Response): AbortSignal {
  const left = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) left.abort()
  })
  return left.signal
}
