import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import type * as z from 'zod'
import { API_ROUTES } from '../../src/wire/api-routes.ts'
import { portQuery, shutdownRequest } from '../../src/wire/queries.ts'
import { advanceRequest, applyRequest, componentCommand, downRequest, killRequest, workflowCommand } from '../../src/wire/requests.ts'
import type { ApiPorts } from './api-ports.ts'
import { type Denial, DenialError, denialOf, malformed } from './denial.ts'
import { findEnvironment, openEnvironment } from './named-environment.ts'
import { addReplicaRoutes, leftSignal } from './replica-routes.ts'

/** Largest body: a model from standard input, with room to spare. */
const BODY_LIMIT = '16mb'

export interface RestGate {
  /** Sees every request before anything else does. */
  readonly guardAccess: (request: Request) => Denial | undefined
  readonly isClosing: () => boolean
}

/** The request-and-answer part of the API. */
export function createRestApp(ports: ApiPorts, { guardAccess, isClosing }: RestGate): Express {
  const { environments, lifeCycle } = ports
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use((request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    const denial = guardAccess(request)
    if (denial !== undefined) return void deny(response, denial)
    if (isClosing()) {
      response.setHeader('connection', 'close')
      return void deny(response, {
        status: 503,
        error: { code: 'MP8028', message: 'the daemon is stopping', next: 'run the command again' },
      })
    }
    const presence = lifeCycle.clientPresent()
    response.once('close', () => presence[Symbol.dispose]())
    next()
  })

  const named = (request: Request) => findEnvironment(environments, String(request.params.environment))
  const opened = (request: Request) => openEnvironment(environments, String(request.params.environment))
  const component = (request: Request): string => String(request.params.component)

  get('version', API_ROUTES.version, () => ports.version)
  get('environments', API_ROUTES.environments, () => environments.summaries())
  get('view', '/v1/environments/:environment', (request) => named(request).view())
  get('config', '/v1/environments/:environment/config', (request) => named(request).config())
  get('explain', '/v1/environments/:environment/explain/:component', (request) => named(request).explain(component(request)))
  get('clock', '/v1/environments/:environment/clock', (request) => named(request).clock())
  get('scale', '/v1/environments/:environment/scale/:component', (request) => named(request).scale(component(request)))
  get('port', '/v1/environments/:environment/port/:component', (request) => {
    const { port } = accept(portQuery, request.query, 'query')
    return named(request).port(component(request), port)
  })
  get('debug state', '/v1/environments/:environment/debug/state', (request) => named(request).debug())
  app.get(API_ROUTES.metrics, (_request, response) => void response.type('text/plain; version=0.0.4').send(ports.metrics()))

  post('apply', '/v1/environments/:environment/apply', applyRequest, async (order, request) => {
    const environment = await opened(request)
    if (order.session !== undefined) ports.sessions.expect(order.session)
    return environment.apply(order)
  })
  post('plan', '/v1/environments/:environment/plan', applyRequest, async (order, request) => (await opened(request)).plan(order))
  post('down', '/v1/environments/:environment/down', downRequest, (order, request) => named(request).down(order))
  post('command', '/v1/environments/:environment/command', componentCommand, (command, request) => named(request).command(command))
  post('clock', '/v1/environments/:environment/clock', advanceRequest, ({ ms }, request, signal) => named(request).advance(ms, signal))
  post('workflow', '/v1/environments/:environment/workflow', workflowCommand, (command, request) => named(request).workflow(command))
  post('kill', '/v1/environments/:environment/kill', killRequest, (order, request, signal) =>
    named(request).replicaAccess.kill(order, signal),
  )
  addReplicaRoutes(app, {
    accessOf: (request) => named(request).replicaAccess,
    answered,
    accept,
    denialOf: (error, during) => denialOf(error, during, ports),
    deny,
  })
  app.use([API_ROUTES.shutdown, API_ROUTES.shutdownIfIdle], (_request, response, next) => {
    response.setHeader('connection', 'close')
    next()
  })
  post('shutdown', API_ROUTES.shutdown, shutdownRequest, ({ reason }) => lifeCycle.shutdown(reason))
  app.post(
    API_ROUTES.shutdownIfIdle,
    answered('shutdown', () => lifeCycle.shutdownIfIdle()),
  )

  for (const path of ['events', 'logs', 'requests', 'exec', 'images']) app.get(`/v1/environments/:environment/${path}`, socketOnly)
  app.get('/v1/sessions/:session', socketOnly)
  app.use((request, response) => {
    const message = `the API has no ${request.method} ${request.path}`
    deny(response, { status: 404, error: { code: 'MP8024', message } })
  })
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error)
    deny(response, denialOf(error, `${request.method} ${request.path}`, ports))
  })
  return app

  function get(name: string, path: string, answer: (request: Request) => unknown): void {
    app.get(path, answered(name, answer))
  }

  function post<S extends z.ZodType>(
    name: string,
    path: string,
    schema: S,
    answer: (body: z.output<S>, request: Request, signal: AbortSignal) => unknown,
  ): void {
    app.post(
      path,
      jsonBody,
      answered(name, (request, signal) => answer(accept(schema, request.body, 'body of the request'), request, signal)),
    )
  }

  function answered(name: string, answer: (request: Request, signal: AbortSignal) => unknown): RequestHandler {
    return async (request, response) => {
      try {
        response.json(await answer(request, leftSignal(response)))
      } catch (error) {
        deny(response, denialOf(error, name, ports))
      }
    }
  }
}

const parseJson = express.json({ limit: BODY_LIMIT, strict: true })

/** Reads a JSON body; anything else is refused, also the kinds of body that a web page may send without asking. */
const jsonBody: RequestHandler = (request, response, next) => {
  const unreadable = (status: number, message: string): void => deny(response, { status, error: { code: 'MP8023', message } })
  if (request.headers['content-length'] === '0') return next()
  if (request.is('application/json') === false) return unreadable(415, 'the body of the request must be application/json')
  parseJson(request, response, (error?: unknown) => {
    if (error === undefined) return next()
    const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 400
    unreadable(status, `the body of the request cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
}

const socketOnly: RequestHandler = (request, response) => {
  response.setHeader('upgrade', 'websocket')
  deny(response, { status: 426, error: { code: 'MP8026', message: `${request.path} is a WebSocket` } })
}

function accept<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new DenialError(malformed(parsed.error, what))
  return parsed.data
}

function deny(response: Response, { status, error }: Denial): void {
  response.status(status).json({ error })
}
