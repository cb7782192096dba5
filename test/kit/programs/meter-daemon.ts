import { ProcessEngine } from '../../../runtime/engines/process/engine.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { silentLogger } from '../../../src/kernel/logger.ts'
import { aTrigger, MeterConversation } from '../meter-conversation.ts'

// As much of a daemon as holds readers of triggers, as a program of its own that can be killed: says the pid of the readers, which watch a
// trigger of the type that is named and were asked for it, and stays.
const [, , home = '', metersProgram = '', type = ''] = process.argv

async function main(): Promise<void> {
  const engine = new ProcessEngine({
    home,
    clock: systemClock,
    logger: silentLogger,
    nodePath: process.execPath,
    edgeProgram: 'no-edge.js',
    metersProgram,
    environment: process.env,
  })
  const owner = { environment: 'test', instance: 'daemon-0' }
  const conversation = new MeterConversation(await engine.meters.attach(owner, new AbortController().signal))
  conversation.watch(aTrigger('web/queue', type, { value: '1' }))
  conversation.ask('web/queue')
  while (conversation.heard.length === 0) await systemClock.sleep(5)
  const [hello] = conversation.heard
  process.stdout.write(`${hello?.type === 'hello' ? hello.pid : 'no hello'}\n`)
  await conversation.over
}

void main()
