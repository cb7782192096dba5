import { EventQueue } from './event-queue.ts'
import { EventRequests } from './event-requests.ts'
import { FlowQueue } from './flow-queue.ts'
import { FlowRequests } from './flow-requests.ts'

/** The two ways of following what comes. */
export const flows = {
  events: { Requests: EventRequests, Queue: EventQueue },
  flow: { Requests: FlowRequests, Queue: FlowQueue },
} as const
