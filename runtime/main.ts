import { createFakeEnvironments } from '../test/kit/fake-environments.ts'
import { runDaemon } from './daemon/run-daemon.ts'

void runDaemon({
  version: '0.1.0',
  assemble: ({ clock, store }) => ({
    environments: createFakeEnvironments({ clock, record: (environment, envelope) => store.record(environment, envelope) }),
    ensureGuard: async () => {},
  }),
})
