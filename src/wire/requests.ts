import * as z from 'zod'

/** Payloads that clients send. The schemas are the contract; the types follow from them. */

/** A model file by absolute path, or its text when it came from standard input (`-`). */
const modelFile = z.union([z.object({ path: z.string().min(1) }).strict(), z.object({ stdin: z.string() }).strict()])

export const applyRequest = z
  .object({
    files: z.array(modelFile),
    /** Absolute project directory: where the overlay is looked for and build directories are proposed. */
    directory: z.string().min(1),
    /** Absolute path of the overlay; absent means `minipaas.yaml` of the directory when it exists. */
    overlay: z.string().optional(),
    envFiles: z.array(z.string()).default([]),
    /** What `${NAME}` in an overlay stands for: the caller's variables, kept in memory only. Absent: the daemon's own. */
    environment: z.record(z.string(), z.string()).optional(),
    /** Only these components are applied (with what they need); empty means all. */
    components: z.array(z.string()).default([]),
    engine: z.enum(['auto', 'docker', 'process', 'memory']).default('auto'),
    /** Images with a build are built again although they are there. */
    build: z.boolean().default(false),
    /** In place of the pull policy of each container. */
    pull: z.enum(['always', 'missing', 'never']).optional(),
    removeOrphans: z.boolean().default(false),
    /** Of decisions about scaling; it belongs to the environment and is chosen by its first `up`. */
    clock: z.enum(['system', 'virtual']).optional(),
    /** How many times faster than the machine's that clock runs. */
    speed: z.number().min(0.01).max(1000).optional(),
    strict: z.boolean().default(false),
    scale: z.record(z.string(), z.number().int().min(0)).default({}),
    /** Ties the applications to a foreground client: they are ended 10 s after it is gone. */
    session: z.string().optional(),
    /** Re-apply when a model file changes. */
    watch: z.boolean().default(true),
  })
  .strict()
export type ApplyRequest = z.input<typeof applyRequest>
export type ApplyOrder = z.output<typeof applyRequest>

/** First text frame of an images WebSocket; the answer is `ImageRecord`s. */
export const imagesRequest = applyRequest
  .pick({ files: true, directory: true, overlay: true, envFiles: true, environment: true, components: true, engine: true, strict: true })
  .extend({
    do: z.enum(['pull', 'build']),
    /** Every step of a build is run again. */
    noCache: z.boolean().default(false),
    /** Newer versions of the images that builds are based on are looked for. */
    freshBases: z.boolean().default(false),
  })
  .strict()
export type ImagesRequest = z.input<typeof imagesRequest>
export type ImagesOrder = z.output<typeof imagesRequest>

export const downRequest = z
  .object({
    /** Empty means every application of the environment. */
    applications: z.array(z.string()).default([]),
    volumes: z.boolean().default(false),
    images: z.enum(['none', 'local']).default('none'),
    /** Seconds; overrides the grace of each pod. 0 kills at once. */
    timeout: z.number().min(0).optional(),
  })
  .strict()
export type DownRequest = z.input<typeof downRequest>
export type DownOrder = z.output<typeof downRequest>

export const componentCommand = z.discriminatedUnion('do', [
  z.object({ do: z.literal('restart'), components: z.array(z.string()) }).strict(),
  z.object({ do: z.literal('start'), components: z.array(z.string()) }).strict(),
  z.object({ do: z.literal('stop'), components: z.array(z.string()) }).strict(),
  z.object({ do: z.literal('scale'), replicas: z.record(z.string(), z.number().int().min(0)) }).strict(),
  /** As KEDA's annotations: all of it, at a number of replicas, or in one direction only. */
  z
    .object({
      do: z.literal('pause'),
      components: z.array(z.string()).min(1),
      replicas: z.number().int().min(0).optional(),
      direction: z.enum(['in', 'out']).optional(),
    })
    .strict(),
  z.object({ do: z.literal('resume'), components: z.array(z.string()).min(1) }).strict(),
  /** The value of a trigger by its name, its type where that is unambiguous, or its number; null means that it is measured again. */
  z.object({ do: z.literal('metric'), component: z.string(), trigger: z.string(), value: z.number().nullable() }).strict(),
])
export type ComponentCommand = z.output<typeof componentCommand>

/** Lets time pass: at once on a virtual clock, otherwise when it has passed. */
export const advanceRequest = z.object({ ms: z.number().int().min(0).max(31_536_000_000) }).strict()

export const workflowCommand = z
  .object({ do: z.enum(['suspend', 'resume', 'terminate', 'restart']), application: z.string(), step: z.string().optional() })
  .strict()
export type WorkflowCommand = z.output<typeof workflowCommand>

/** First text frame of an exec WebSocket; bytes follow in binary frames prefixed with one channel byte. */
export const execRequest = z
  .object({
    /** Exec in a running replica, or run a fresh copy of the component. */
    mode: z.enum(['exec', 'run']),
    component: z.string(),
    ordinal: z.number().int().min(0).optional(),
    container: z.string().optional(),
    command: z.array(z.string()),
    env: z.record(z.string(), z.string()).default({}),
    workdir: z.string().optional(),
    tty: z
      .object({ columns: z.number().int().min(1), rows: z.number().int().min(1) })
      .strict()
      .optional(),
  })
  .strict()
export type ExecRequest = z.input<typeof execRequest>

export const killRequest = z
  .object({
    /** Names or keys; empty means every component that runs. */
    components: z.array(z.string()).default([]),
    ordinal: z.number().int().min(0).optional(),
    /** The application container when absent. */
    container: z.string().optional(),
    signal: z.string().regex(/^SIG[A-Z0-9+-]+$/, 'expected the name of a signal, such as SIGHUP'),
  })
  .strict()
export type KillRequest = z.input<typeof killRequest>
export type KillOrder = z.output<typeof killRequest>
