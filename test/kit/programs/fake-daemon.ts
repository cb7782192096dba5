import { runDaemon } from '../../../runtime/daemon/run-daemon.ts'
import { createFakeEnvironments } from '../fake-environments.ts'

// A whole daemon over fake environments, as a program of its own: for tests of its life cycle.
void runDaemon({
  version: process.env.MINIPAAS_TEST_VERSION ?? '0.0.0-fake',
  assemble: ({ clock, store }) => {
    if (process.env.MINIPAAS_TEST_CRASH === '1') void clock.sleep(300).then(() => Promise.reject(new Error('planted crash')))
    return {
      environments: createFakeEnvironments({ clock, record: (environment, envelope) => store.record(environment, envelope) }),
      ensureGuard: async () => {},
      endGuard: async () => {},
    }
  },
})
