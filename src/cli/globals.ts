import { statSync } from 'node:fs'
import { basename, delimiter, dirname, isAbsolute, resolve } from 'node:path'
import type { Globals } from './invocation.ts'
import type { Io, Output } from './io.ts'
import type { Options } from './options.ts'
import { refuseUsage } from './refusal-error.ts'
import { createPaint, type Paint } from './render/paint.ts'

/** Works out the settings of a call: a flag beats an environment variable beats the default. */
export function resolveGlobals(options: Options, io: Io): Globals {
  const files = listOf(options.texts('file'), io.env.MINIPAAS_FILE).map((file) => (file === '-' ? file : resolve(io.cwd, file)))
  const directory = projectDirectory(options.text('projectDirectory') ?? io.env.MINIPAAS_PROJECT_DIRECTORY, files, io.cwd)
  const chosenName = options.text('projectName') ?? (io.env.MINIPAAS_PROJECT_NAME || undefined)
  const ansi = ansiOf(options.text('ansi') ?? io.env.MINIPAAS_ANSI)
  return {
    environment: chosenName === undefined ? normaliseName(basename(directory)) : checkName(chosenName),
    directory,
    files,
    envFiles: listOf(options.texts('envFile'), io.env.MINIPAAS_ENV_FILES).map((file) => resolve(io.cwd, file)),
    format: options.text('format') === 'json' ? 'json' : 'text',
    out: paintFor(io.stdout, ansi, io.env),
    err: paintFor(io.stderr, ansi, io.env),
    live: io.stderr.isTTY && ansi !== 'never' && !isDumb(io.env) && !isSet(io.env.CI),
  }
}

/** A directory's name as a DNS label. */
export function normaliseName(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return label === '' ? 'default' : label
}

function checkName(name: string): string {
  if (name.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return name
  throw refuseUsage(
    `project name "${name}" is not a DNS label`,
    `Use lower-case letters, digits and hyphens, at most 63: ${normaliseName(name)}`,
  )
}

/** Beside the first model file, as compose does; else where the command was given. */
function projectDirectory(chosen: string | undefined, files: readonly string[], cwd: string): string {
  if (chosen !== undefined && chosen !== '') return resolve(cwd, chosen)
  const first = files.find((file) => file !== '-' && isAbsolute(file))
  if (first === undefined) return cwd
  return statSync(first, { throwIfNoEntry: false })?.isDirectory() === true ? first : dirname(first)
}

function listOf(flags: readonly string[], variable: string | undefined): readonly string[] {
  if (flags.length > 0 || variable === undefined) return flags
  return variable.split(delimiter).filter((part) => part !== '')
}

type Ansi = 'never' | 'always' | 'auto'

function ansiOf(text: string | undefined): Ansi {
  return text === 'never' || text === 'always' ? text : 'auto'
}

/** Source: no-color.org. */
function paintFor(output: Output, ansi: Ansi, env: Io['env']): Paint {
  if (ansi !== 'auto') return createPaint(ansi === 'always' ? 'on' : 'off')
  return createPaint(output.isTTY && !isSet(env.NO_COLOR) && !isDumb(env) ? 'on' : 'off')
}

function isDumb(env: Io['env']): boolean {
  return env.TERM === 'dumb'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false'
}
