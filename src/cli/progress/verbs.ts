import type { ActionName } from '../../model/step.ts'

interface Verb {
  readonly doing: string
  readonly done: string
}

const VERBS: Readonly<Record<ActionName, Verb>> = {
  ensureNetwork: { doing: 'Creating', done: 'Created' },
  ensureVolume: { doing: 'Creating', done: 'Created' },
  pullImage: { doing: 'Pulling', done: 'Pulled' },
  buildImage: { doing: 'Building', done: 'Built' },
  startReplica: { doing: 'Starting', done: 'Started' },
  awaitReady: { doing: 'Waiting until ready', done: 'Ready' },
  drainReplica: { doing: 'Finishing requests', done: 'Finished requests' },
  removeReplica: { doing: 'Stopping', done: 'Stopped' },
  restartApp: { doing: 'Restarting', done: 'Restarted' },
  pushFiles: { doing: 'Copying files', done: 'Copied files' },
  execInReplica: { doing: 'Running a command', done: 'Ran a command' },
  restartSidecar: { doing: 'Restarting the sidecar', done: 'Restarted the sidecar' },
  prepareSandbox: { doing: 'Preparing', done: 'Prepared' },
  removeSandbox: { doing: 'Removing', done: 'Removed' },
  freezeReplica: { doing: 'Freezing', done: 'Frozen' },
  thawReplica: { doing: 'Thawing', done: 'Thawed' },
  removeVolume: { doing: 'Removing', done: 'Removed' },
  removeImage: { doing: 'Removing', done: 'Removed' },
  removeNetwork: { doing: 'Removing', done: 'Removed' },
  removeStray: { doing: 'Removing', done: 'Removed' },
}

/** What a progress line says while a step runs and after it. Actions of a newer daemon are named as they are. */
export function verbOf(action: string): Verb {
  return Object.hasOwn(VERBS, action) ? VERBS[action as ActionName] : { doing: action, done: action }
}
