import * as z from 'zod'

const text = z.string()
const scalar = z.union([z.string(), z.number(), z.boolean()])
const variables = z.record(z.string(), scalar).describe('Environment variables. Values from env files are treated as secrets.')

const build = z
  .union([
    text,
    z.strictObject({
      context: text.describe('Directory of the build, from the directory of this file'),
      dockerfile: text.optional().describe('From the context; Dockerfile when absent'),
      args: z.record(z.string(), scalar).optional(),
      target: text.optional().describe('Stage of the Dockerfile'),
    }),
  ])
  .describe('How the image is built: a directory, or a map')

const command = z.union([text, z.array(text)]).describe('A text runs in a shell, a list runs as it is')

const run = z
  .union([
    text,
    z.array(text),
    z.strictObject({
      directory: text.optional().describe('Working directory, from the directory of this file'),
      command: command.optional(),
      env: variables.optional(),
    }),
  ])
  .describe('How the container runs as a plain process: a command, or a map')

const watch = z.strictObject({
  paths: z.union([text, z.array(text)]).describe('Patterns, from the directory of this file'),
  ignore: z.array(text).optional(),
  action: z.enum(['sync', 'restart', 'sync+restart', 'sync+exec', 'rebuild']),
  target: text.optional().describe('Directory in the container that files are copied to'),
  exec: z.array(text).optional(),
})

const port = z.union([
  text.regex(/^\d+(:\d+)?(\/(tcp|udp))?$/),
  z.number().int().min(1).max(65_535),
  z.strictObject({
    host: z.number().int().min(1).max(65_535).describe('Port of this machine'),
    target: z.number().int().min(1).max(65_535).optional().describe('Port of the container; its first port when absent'),
    protocol: z.enum(['tcp', 'udp']).optional(),
  }),
])

const container = z.strictObject({
  build: build.optional(),
  run: run.optional(),
  image: text.optional().describe('An image to use instead of the one of the model; with a build, the name of what is built'),
  env: variables.optional(),
})

const scale = z
  .strictObject({
    standby: z.number().int().min(0).max(10).optional().describe('Replicas that are kept started and frozen, for a quick wake'),
  })
  .describe('How the component is scaled on this machine')

const gate = z
  .strictObject({
    maxHeld: z.number().int().min(0).optional().describe('Requests that wait at most; the next one is answered 503. 10000 when absent'),
    holdSeconds: z
      .number()
      .int()
      .min(1)
      .max(3600)
      .optional()
      .describe('How long a request waits before it is answered 504. 60 when absent'),
  })
  .describe('Requests that wait while no replica is ready')

const component = z.strictObject({
  ...container.shape,
  containers: z.record(z.string(), container).optional().describe('Other containers of the component, by name'),
  envFiles: z.array(text).optional(),
  watch: z.array(watch).optional(),
  ports: z.array(port).optional().describe('Ports published on this machine: "8080:80" (host:container), 8080 or a map'),
  scale: scale.optional(),
  gate: gate.optional(),
})

/** `minipaas.yaml`: what holds on this machine only. */
export const overlaySchema = z
  .strictObject({
    $schema: text.optional(),
    models: z.array(text).optional().describe('Model files, used when none is given on the command line'),
    envFiles: z.array(text).optional().describe('Files of variables for all components; their values are secrets'),
    env: variables.optional(),
    components: z.record(z.string(), component).optional(),
  })
  .describe('Local additions to an application: builds, commands, ports and variables on this machine')

export type OverlayText = z.output<typeof overlaySchema>
export type ComponentOverlay = z.output<typeof component>
export type ContainerOverlay = z.output<typeof container>
export type BuildOverlay = z.output<typeof build>
export type RunOverlay = z.output<typeof run>
export type PortOverlay = z.output<typeof port>
export type WatchOverlay = z.output<typeof watch>

/** The published JSON Schema of the overlay. */
export function overlayJsonSchema(): unknown {
  return { title: 'minipaas.yaml', ...z.toJSONSchema(overlaySchema, { target: 'draft-2020-12' }) }
}
