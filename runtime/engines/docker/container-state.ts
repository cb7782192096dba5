/** What a container does, in four words. */
export type ContainerState = 'created' | 'running' | 'paused' | 'exited'

/** From the words of Docker and Podman; `removing` and `dead` are ends. */
export function readState(word: string): ContainerState {
  switch (word) {
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created'
    case 'running':
    case 'restarting':
    case 'stopping':
      return 'running'
    case 'paused':
      return 'paused'
    default:
      return 'exited'
  }
}
