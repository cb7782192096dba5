import { systemStore } from '../trust/system-store.ts'
import type { TrustTools } from '../trust/trust-tools.ts'
import type { Check } from './check.ts'

/** Whether what the edge shows over TLS is believed here. Without an authority nothing is missing. */
export function authorityCheck(tools: TrustTools): Check {
  return {
    name: 'local authority',
    fix: 'Run "minipaas trust": it shows what it would change and asks before it does.',
    look: async () => {
      const authority = tools.find()
      if (authority === undefined) return { state: 'ok', detail: 'none yet; "minipaas trust" makes one for https' }
      const trusted = (await systemStore(authority, tools)?.trusts()) === true
      return trusted
        ? { state: 'ok', detail: `${authority.name} is trusted by this system` }
        : { state: 'warning', detail: `${authority.name} is not trusted by this system; clients refuse https to the edge` }
    },
  }
}
