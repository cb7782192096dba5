import { accessSync, constants, existsSync, statSync } from 'node:fs'
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

/** Why a command cannot be run: nothing says one, its directory is missing, or the program is missing or no program. */
export type CommandProblem = 'no-command' | 'no-directory' | 'no-program' | 'not-executable'

/** Looks the program up as `execvp` would; a program that is not there is a fault that names it. */
export function resolveProgram(
  words: readonly string[],
  options: { cwd: string; path: string; subject: string; key: string },
): ProgramCall {
  const { cwd, path, subject, key } = options
  const found = lookUp(words, { cwd, path })
  switch (found) {
    case 'no-command':
      throw faults.cannotRun(
        subject,
        'neither its local form nor its container says a command',
        `add the command to ${key} in minipaas.yaml`,
      )
    case 'no-directory':
      throw faults.cannotRun(subject, `there is no directory ${cwd}`, `correct the directory of ${key} in minipaas.yaml`)
    case 'no-program':
      throw faults.cannotRun(subject, `there is no program ${words[0]}`, `install it, or correct the command of ${key} in minipaas.yaml`)
    case 'not-executable':
      throw faults.cannotRun(subject, `${words[0]} is not executable`, `make it so, or correct the command of ${key} in minipaas.yaml`)
    default:
      return found
  }
}

/** The program of a command with its arguments, or what is wrong. */
export function lookUp(words: readonly string[], place: { readonly cwd: string; readonly path: string }): ProgramCall | CommandProblem {
  const [name, ...args] = words
  if (name === undefined || name === '') return 'no-command'
  if (!isDirectory(place.cwd)) return 'no-directory'
  const candidates = candidatesOf(name, place.cwd, place.path)
  const program = candidates.find(isProgram)
  if (program !== undefined) return { program, args }
  return candidates.some(existsSync) ? 'not-executable' : 'no-program'
}

function candidatesOf(name: string, cwd: string, path: string): readonly string[] {
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat', '.com'] : ['']
  const places =
    name.includes('/') || isAbsolute(name) ? [resolve(cwd, name)] : path.split(delimiter).map((place) => join(resolve(cwd, place), name))
  return places.flatMap((place) => endings.map((ending) => place + ending))
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
