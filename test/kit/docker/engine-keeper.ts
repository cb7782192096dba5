import { createInterface } from 'node:readline'
import { bridgeOf } from './default-bridge.ts'
import { type EngineKind, engineIn } from './engine-kinds.ts'
import { clearFirewall, readFirewall, repairFirewall } from './firewall.ts'
import { removeEngineFolder, takeCharge } from './leftovers.ts'

/**
 * Holds one private engine for as long as its standard input is open, and takes everything away when that ends: whoever started it
 * may be interrupted or killed, the engine still goes. Lines `stop` and `start` do so with the daemon only; each is answered.
 */
async function keep(folder: string, kind: EngineKind): Promise<void> {
  takeCharge(folder)
  // An interrupt from the terminal is for the tests; the end of their process is ours.
  process.on('SIGINT', () => {})
  // Nobody reads an answer after that.
  process.stdout.on('error', () => {})
  const engine = engineIn(folder, kind)
  const before = readFirewall()
  const start = async (): Promise<void> => {
    const found = readFirewall()
    await engine.start()
    repairFirewall(found)
  }
  const orders: Readonly<Record<string, () => Promise<void>>> = { start, stop: () => engine.stop() }
  const input = createInterface({ input: process.stdin })
  process.on('SIGTERM', () => input.close())
  try {
    await start()
    answer({ done: 'start' })
    for await (const line of input) {
      await orders[line]?.()
      answer({ done: line })
    }
    // Its tests may have left it stopped.
    if (!engine.isRunning()) await start()
    await engine.empty()
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
    process.exitCode = 1
  }
  await engine.stop()
  clearFirewall(before, bridgeOf(folder))
  await removeEngineFolder(folder)
}

function answer(line: { readonly done: string } | { readonly failed: string }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const [, , folder, kind] = process.argv
if (folder === undefined || kind === undefined) throw new Error('usage: engine-keeper <folder> docker|docker-with-bridge|podman')
await keep(folder, kind as EngineKind)
