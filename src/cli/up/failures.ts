import { holdDetails } from '../render/holds.ts'
import type { Assessment } from './assess.ts'
import type { UpJob } from './job.ts'
import { readExcerpt } from './log-stream.ts'

/** Says what failed, with the last output of each failed component. */
export async function reportFailures(job: UpJob, assessment: Assessment): Promise<void> {
  const { client, io, globals } = job
  const failed = assessment.components.filter(({ state }) => state === 'failed')
  // What fails several in the same words, as an image that they share does, is one failure.
  const reasons = new Map<string, (typeof failed)[number][]>()
  for (const one of failed) {
    const reason = [one.why, ...one.component.holds.flatMap(holdDetails)].join('\n  ')
    reasons.set(reason, [...(reasons.get(reason) ?? []), one])
  }
  for (const [reason, components] of reasons) {
    io.stderr.write(`${globals.err.red('failed')} ${components.map(({ component }) => component.key).join(', ')}: ${reason}\n`)
    for (const { component } of components) {
      const excerpt = await readExcerpt(client, component.key, { paint: globals.err, prefix: 'names', timestamps: 'hidden' })
      if (excerpt !== '')
        io.stderr.write(`${excerpt}  ${globals.err.dim(`all of it: minipaas logs -p ${client.environment} ${component.key}`)}\n`)
    }
  }
  for (const { application, message } of assessment.failures) io.stderr.write(`${globals.err.red('failed')} ${application}: ${message}\n`)
}
