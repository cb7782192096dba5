import { refuseUsage } from '../refusal-error.ts'

/** One pair of ports: where this machine listens, and the port of the replica. */
export interface ForwardSpec {
  /** 0: any free port. */
  readonly local: number
  readonly remote: number
}

/** `8080:80`, `80` (the same on both sides) or `:80` (any free local port). Source: kubectl port-forward. */
export function parseForward(text: string): ForwardSpec {
  const match = /^(?:(\d*):)?(\d+)$/.exec(text)
  if (match === null)
    throw refuseUsage(`port-forward: "${text}" is not of the form [local:]remote, with numbers`, 'For example 8080:80, 80, or :80.')
  const [, localText, remoteText = ''] = match
  const remote = checkPort(Number(remoteText), text)
  if (localText === undefined) return { local: remote, remote }
  return { local: localText === '' ? 0 : checkPort(Number(localText), text), remote }
}

function checkPort(port: number, text: string): number {
  if (port >= 1 && port <= 65_535) return port
  throw refuseUsage(`port-forward: "${text}": ports are numbers from 1 to 65535`)
}
