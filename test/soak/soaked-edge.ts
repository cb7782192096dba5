import { readFileSync } from 'node:fs'
import { afterAll, beforeAll } from '@jest/globals'
import type { EdgeReplica } from '../../src/model/edge.ts'
import { EdgeProcess, TestController } from '../conformance/edge/edge-process.ts'
import { aBackend, aTable } from '../conformance/edge/edge-world.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { scratchDirectory } from '../kit/scratch.ts'

/** Requests that wait at most, and for how long, in milliseconds. */
const MAX_HELD = 10_000
const HOLD_MS = 120_000

const folder = scratchDirectory()
let program = ''
beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', folder.path)
})
afterAll(() => folder[Symbol.dispose]())

/** The edge as a program of its own, so that its memory is its own. Whatever asks it is led to one component. */
export class SoakedEdge implements AsyncDisposable {
  readonly #process: EdgeProcess
  readonly #controller: TestController
  readonly #home: ReturnType<typeof scratchDirectory>
  #version = 0
  port = 0

  private constructor(process: EdgeProcess, controller: TestController, home: ReturnType<typeof scratchDirectory>) {
    this.#process = process
    this.#controller = controller
    this.#home = home
  }

  static async start(replicas: readonly EdgeReplica[] = []): Promise<SoakedEdge> {
    const home = scratchDirectory()
    const process = new EdgeProcess(program, home.path)
    const edge = new SoakedEdge(process, await TestController.open(`${home.path}/edge.sock`), home)
    await edge.serve(replicas)
    return edge
  }

  async serve(replicas: readonly EdgeReplica[]): Promise<void> {
    const backend = aBackend('web', { replicas, maxHeld: MAX_HELD, holdMs: HOLD_MS })
    const routes = [{ path: '/', pathType: 'prefix', targets: [{ backend: backend.id, upTo: 1 }], holdMs: HOLD_MS }] as const
    const { bound } = await this.#controller.push(aTable({ version: ++this.#version, backends: [backend], routes }))
    this.port = bound['web'] ?? 0
  }

  get held(): number {
    return this.#controller.all('held').reduce((sum, { event, count = 1 }) => sum + (event === 'held' ? count : 0), 0)
  }

  /** Resident memory, megabytes. */
  get memory(): number {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#process.child.pid}/status`, 'latin1'))?.[1]
    return Number(kilobytes) / 1024
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller[Symbol.dispose]()
    await this.#process[Symbol.asyncDispose]()
    this.#home[Symbol.dispose]()
  }
}
