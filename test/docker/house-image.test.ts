import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { importHouse, tryHouse } from '../../runtime/engines/docker/edge/house-maker.ts'
import { collectOwnNode } from '../../runtime/engines/docker/edge/own-node.ts'
import { freePort } from '../conformance/edge/replica-server.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { findProgram } from '../kit/docker/debian-packages.ts'
import { answerAt, tableOf } from '../kit/docker/edge-tables.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const bundles = scratchDirectory()
const NOBODY = new AbortController().signal
let program = ''

beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

describe('the image of the house', () => {
  const missing = { MINIPAAS_EDGE_BASE: 'mptest-there-is-no-such-image:1' }

  test('is made from the base once for all who want it, and again when the program changes', async () => {
    await using world = new DockerEdgeWorld(program)
    const refs = await Promise.all([world.house.reference(NOBODY), world.house.reference(NOBODY)])
    expect(refs[0]).toMatch(/^minipaas\/house:[0-9a-f]{12}$/)
    expect(refs[1]).toBe(refs[0])
    expect(world.pulls).toEqual([])
    expect(await world.houseImages()).toEqual([refs[0]])
  })

  test('is made again when the program changes, and the one before goes when no container needs it', async () => {
    using folder = scratchDirectory()
    const changing = `${folder.path}/edge.mjs`
    writeFileSync(changing, readFileSync(program))
    await using world = new DockerEdgeWorld(changing)
    const first = await world.house.reference(NOBODY)
    await world.attach(world.openHost())
    const changed = async (): Promise<string> => {
      appendFileSync(changing, '// changed')
      return world.house.reference(NOBODY)
    }
    const second = await changed()
    expect(new Set([first, second, ...(await world.houseImages())])).toEqual(new Set([first, second]))
    const third = await changed()
    expect(new Set(await world.houseImages())).toEqual(new Set([first, third]))
  })

  test('is made from this machine`s own Node where the base cannot be had, and works', async () => {
    await using world = new DockerEdgeWorld(program, { environment: missing })
    const replica = await world.replica('web')
    const ref = await world.house.reference(NOBODY)
    expect(world.pulls).toEqual([missing.MINIPAAS_EDGE_BASE])
    const table = tableOf(replica, await freePort())
    const channel = await world.attach(world.openHost(), table)
    expect(await answerAt((await channel.push(table)).bound.web)).toBe('web')
    expect((await world.edge()).Config.Image).toBe(ref)
    expect(world.complaints).toEqual([])
    await world.house.reference(NOBODY)
    expect(world.pulls).toHaveLength(1)
  })

  test('needs no busybox on this machine', async () => {
    using folder = scratchDirectory()
    for (const name of ['ip', 'sleep']) symlinkSync(findProgram(name) ?? name, join(folder.path, name))
    await using world = new DockerEdgeWorld(program)
    const own = await collectOwnNode({ nodePath: process.execPath, folders: [folder.path] })
    const programs = { files: new Map([['edge.js', readFileSync(program)]]), type: 'module', digest: '' } as const
    const labels = { 'io.minipaas.house': 'trial', 'io.minipaas.home': world.place.home }
    const ref = `minipaas/house:${world.place.prefix}`
    await importHouse(world.context, { ref, programs, labels, own }, NOBODY)
    expect(await tryHouse(world.context, ref, NOBODY)).toBeUndefined()
    expect(await world.houseImages()).toEqual([ref])
  })

  test('cannot be made: one fault with every way out', async () => {
    await using world = new DockerEdgeWorld(program, { environment: missing, local: false })
    await expect(world.house.reference(NOBODY)).rejects.toMatchObject({
      fault: {
        code: 'MP4230',
        message: expect.stringMatching(/there is no network.*the engine is on another machine/),
        next: expect.stringMatching(/docker save.*MINIPAAS_EDGE_BASE.*--engine process/),
      },
    })
  })

  test('a base without Node is refused with what a trial said', async () => {
    await using world = new DockerEdgeWorld(program, { environment: { MINIPAAS_EDGE_BASE: 'busybox:1.36' } })
    await expect(world.house.reference(NOBODY)).rejects.toMatchObject({ fault: { code: 'MP4231' } })
    expect(await world.houseImages()).toEqual([])
  })
})
