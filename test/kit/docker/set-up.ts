import { GIVEN_ENGINE, TEST_ENGINE } from './engine.ts'
import { expectBaseImages, startEngineWithImages } from './images.ts'
import type { PrivateEngine } from './private-engine.ts'

let engine: PrivateEngine | undefined

/** Before the first test: the engine of this run, which is the one that somebody gave or a private one, with the base images. */
export async function setUp(): Promise<void> {
  if (process.env[TEST_ENGINE] !== undefined) return
  const given = process.env[GIVEN_ENGINE]
  if (given === undefined) {
    engine = await startEngineWithImages()
    process.env[TEST_ENGINE] = engine.endpoint
  } else {
    await expectBaseImages(given)
    process.env[TEST_ENGINE] = given
  }
}

/** After the last one. */
export async function tearDown(): Promise<void> {
  if (engine === undefined) return
  delete process.env[TEST_ENGINE]
  await engine[Symbol.asyncDispose]()
  engine = undefined
}
