import type { RequestRecord } from '../../model/edge.ts'
import type { RequestNote } from '../../wire/request-stream.ts'

/** What clients sent, for a terminal or a line of a log: anything but visible ASCII, quotes and spaces as `%XX`. */
export function printable(text: string): string {
  return text.replace(/[^\x21\x23-\x7e]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/** A sentence that may quote what clients sent. */
export function printableReason(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?')
}

/** `web-0`. */
export function replicaName({ component, replica }: Pick<RequestRecord, 'component' | 'replica'>): string | undefined {
  return component === undefined || replica === undefined ? undefined : `${component}-${replica.slice(replica.lastIndexOf('.') + 1)}`
}

/** A sentence in brackets, for standard error. */
export function renderNote({ note, count = 0 }: RequestNote): string {
  switch (note) {
    case 'missed':
      return `(${count} more, too many to be told)\n`
    case 'edge-away':
      return '(the edge is away; requests go on when it is back)\n'
    case 'edge-back':
      return '(the edge is reached again)\n'
    case 'edge-restarted':
      return '(the edge was started again; what it saw before that is no longer known)\n'
    case 'daemon-away':
      return '(the daemon is away; requests go on when it is back)\n'
    case 'daemon-back':
      return '(the daemon is back)\n'
  }
}
