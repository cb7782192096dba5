import { FaultError } from '../../../../src/kernel/fault.ts'
import { type BuildArgs, resolveBase } from './build-bases.ts'
import { type BuildStep, baseOf } from './build-steps.ts'
import { registryFault } from './registry-faults.ts'

export interface BuildFailure {
  /** Of the image that was to be built. */
  readonly ref: string
  /** Text of the Dockerfile. */
  readonly recipe: string
  readonly args: BuildArgs
  /** What the builder said. */
  readonly said: string
  /** Where it was, unless it did not begin. */
  readonly step?: BuildStep
  readonly withCredentials: boolean
  readonly problem?: string
}

const AGAIN = 'correct it and run `minipaas up --build`'

/** What the directory of a build lacks. `why` completes "image x cannot be built: ...". */
export function contextFault(ref: string, why: string): FaultError {
  return new FaultError({
    kind: 'invalid',
    code: 'MP4311',
    message: `image ${ref} cannot be built: ${why}`,
    next: `the directory and the Dockerfile are in minipaas.yaml under \`build\`; ${AGAIN}`,
    retry: 'never',
  })
}

/** A build that ended badly: the failing step with its last lines, or why its base is not to be had. */
export function buildFault(failure: BuildFailure): FaultError {
  const { ref, said, step } = failure
  if (needsBuildKit(failure)) {
    return new FaultError({
      kind: 'invalid',
      code: 'MP4312',
      message: `image ${ref} cannot be built: its Dockerfile uses syntax that only BuildKit knows (${said})`,
      next: `build it yourself (\`docker buildx build --load -t ${ref} ...\`) and leave \`build\` out of minipaas.yaml, or do without that syntax`,
      retry: 'never',
    })
  }
  const base = step === undefined ? undefined : baseOf(step)
  const missing = base === undefined ? undefined : registryFault({ ...failure, ref: resolveBase(base, failure) })
  if (missing !== undefined) {
    const { fault } = missing
    return new FaultError({ ...fault, message: `image ${ref} cannot be built, because its base is missing: ${fault.message}` })
  }
  return new FaultError({ kind: 'invalid', code: 'MP4310', message: describe(failure), next: AGAIN, retry: 'never' })
}

function describe({ ref, said, step }: BuildFailure): string {
  if (step === undefined) return `image ${ref} cannot be built: ${said}`
  const code = /returned a non-zero code: (\d+)$/.exec(said)?.[1]
  const why = code === undefined ? `: ${said}` : ` with exit code ${code}`
  const head = `the build of ${ref} failed at step ${step.number}, ${step.instruction}`
  if (step.lines.length === 0) return head + why
  return `${head}${why}; its last lines:\n${step.lines.join('\n')}`
}

/** Source: moby, the parser of the classic builder refuses flags it does not know, and takes the lines of a here-document for instructions. */
function needsBuildKit({ said, recipe }: BuildFailure): boolean {
  if (/requires BuildKit|unknown flag: \(?-*(?:link|chmod|checksum|mount|network|security|parents|exclude|keep-git-dir)/i.test(said))
    return true
  return /unknown instruction/i.test(said) && /^\s*(?:RUN|COPY|ADD)\b.*<<-?["']?\w/im.test(recipe)
}
