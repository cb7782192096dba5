import type { LaunchOrder, SpawnCall } from './launch-order.ts'

/** Without a shim the exit code is known only while this program lives. The way of Windows, and of names no shell can hold. */
export function directCall(order: LaunchOrder): SpawnCall {
  return { file: order.program, args: order.args, environment: Object.fromEntries(order.environment), exitFile: 'by-parent' }
}
