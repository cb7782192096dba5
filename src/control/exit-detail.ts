import type { ObservedContainer, ObservedReplica } from '../model/observed.ts'

/** How containers ended, and what the engine knows to be wrong: an end that nobody saw has no code, but perhaps a reason. */
export function exitDetail({ containers, unhealthy }: Pick<ObservedReplica, 'containers' | 'unhealthy'>): string {
  // An init container that came to its end did what it should.
  const ended = containers.filter(({ role, state, exitCode }) => state === 'exited' && (role !== 'init' || exitCode !== 0))
  const seen = ended.filter(({ exitCode, signal }) => exitCode !== undefined || signal !== undefined)
  const told = unhealthy === undefined ? ended : seen
  return [told.map(endOf).join(', '), unhealthy ?? ''].filter((text) => text !== '').join('; ')
}

function endOf({ name, exitCode, signal }: ObservedContainer): string {
  if (signal !== undefined) return `${name} was ended by ${signal}`
  return exitCode === undefined ? `${name} ended` : `${name} exited with code ${exitCode}`
}
