import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Container } from '../../../src/model/pod.ts'
import { expandVariables } from '../shared/expand-variables.ts'
import { faults } from './faults.ts'

export interface ProgramCall {
  /** Absolute: a shell must not take it for one of its own words. */
  readonly program: string
  readonly args: readonly string[]
}

/** The command of a container's local form: its own, else `command` and `args` of the container, with `$(NAME)` expanded. */
export function commandOf(container: Container, variables: ReadonlyMap<string, string>): readonly string[] {
  const own = container.process?.command ?? []
  const words = own.length > 0 ? own : [...(container.command ?? []), ...(container.command === undefined ? [] : (container.args ?? []))]
  return words.map((word) => expandVariables(word, variables))
}

/** Looks the program up as `execvp` would; a program that is not there is a fault that names it. */
export function resolveProgram(
  words: readonly string[],
  options: { cwd: string; path: string; subject: string; key: string },
): ProgramCall {
  const { cwd, path, subject, key } = options
  const [name, ...args] = words
  if (name === undefined || name === '')
    throw faults.cannotRun(subject, 'neither its local form nor its container says a command', `add the command to ${key} in minipaas.yaml`)
  if (!isDirectory(cwd)) throw faults.cannotRun(subject, `there is no directory ${cwd}`, `correct the directory of ${key} in minipaas.yaml`)
  const program = find(name, cwd, path)
  if (program === undefined)
    throw faults.cannotRun(subject, `there is no program ${name}`, `install it, or correct the command of ${key} in minipaas.yaml`)
  return { program, args }
}

function find(name: string, cwd: string, path: string): string | undefined {
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat', '.com'] : ['']
  const places =
    name.includes('/') || isAbsolute(name) ? [resolve(cwd, name)] : path.split(delimiter).map((place) => join(resolve(cwd, place), name))
  for (const place of places) for (const ending of endings) if (isProgram(place + ending)) return place + ending
  return undefined
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
