/**
 * What the daemon and the program that reads triggers say to each other. The program runs inside the environment, so that addresses in unmodified metadata
 * mean what they mean in the cluster. Frames are those of the edge.
 */

/** A trigger to be read, with everything that a reader needs; it may hold secrets and is never written or logged. */
export interface MeterTrigger {
  /** `<component key>/<trigger name>`. */
  readonly id: string
  /** A KEDA scaler's name. */
  readonly type: string
  /** Metadata with defaults, variables (`...FromEnv` under the name without it) and authentication parameters filled in. */
  readonly settings: Readonly<Record<string, string>>
  /** Of the ScaledObject, for external scalers. */
  readonly scaledObject: { readonly name: string; readonly namespace: string }
}

export type ToMeters =
  /** All triggers there are: connections of those that are gone are closed, those of changed ones are made anew. */
  | { readonly type: 'triggers'; readonly triggers: readonly MeterTrigger[] }
  | { readonly type: 'read'; readonly id: number; readonly triggers: readonly string[] }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'shutdown' }

export type MeterMessage =
  | { readonly type: 'hello'; readonly protocol: 1; readonly pid: number }
  /** One for each trigger that was asked for, in that order. */
  | { readonly type: 'readings'; readonly id: number; readonly readings: readonly TriggerReading[] }
  /** A push scaler reports that it became active. */
  | { readonly type: 'active'; readonly trigger: string }
  | { readonly type: 'pong'; readonly id: number }

/** What a trigger says now: a value, or why there is none. */
export interface TriggerReading {
  readonly trigger: string
  /** In the unit of its target. */
  readonly value?: number
  /** What is compared with the activation threshold, where it is not `value` (kafka). */
  readonly activationValue?: number
  /** When activity was seen last, also between two polls (milliseconds since the epoch): a cool-down begins after it, as after a poll that finds it. */
  readonly seenActiveAtMs?: number
  /** Said by the scaler itself (external scalers, cron), in place of the comparison. */
  readonly active?: boolean
  /** Of an external scaler: its metrics with the targets that it names. */
  readonly metrics?: readonly { readonly name: string; readonly value: number; readonly target: number }[]
  /** What happened, why, what next, in one line; never a secret. */
  readonly error?: string
}
