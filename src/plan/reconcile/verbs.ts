import type { Action, ActionName } from '../../model/step.ts'

const VERBS: Readonly<Record<ActionName, string>> = {
  ensureNetwork: 'network',
  ensureVolume: 'volume',
  pullImage: 'pull',
  buildImage: 'build',
  startReplica: 'start',
  awaitReady: 'ready',
  drainReplica: 'drain',
  removeReplica: 'remove',
  restartApp: 'restart',
  pushFiles: 'push',
  execInReplica: 'exec',
  restartSidecar: 'restart',
  prepareSandbox: 'sandbox',
  removeSandbox: 'remove-sandbox',
  freezeReplica: 'freeze',
  thawReplica: 'thaw',
  removeVolume: 'remove-volume',
  removeImage: 'remove-image',
  removeNetwork: 'remove-network',
  removeStray: 'remove-stray',
}

/** The word for an action in printed plans and in holds. */
export function verbOf(action: Action): string {
  return VERBS[action.do]
}
