import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { extract, type Pack, pack } from 'tar-stream'
import { FaultError } from '../../src/kernel/fault.ts'
import { API_ROUTES, ARCHIVE_TYPE } from '../../src/wire/api-routes.ts'
import { ApiWorld, refusalIn } from '../kit/api-world.ts'
import { ContainerFiles } from '../kit/container-files.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

describe('archives', () => {
  const route = (query: string) => `${API_ROUTES.archive('shop', 'web')}?${query}`

  test('leave a container as they are', async () => {
    using scratch = scratchDirectory()
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    shop.replicaAccess.files = new ContainerFiles(scratch.path)
    mkdirSync(`${scratch.path}/data`)
    // More than fits into the buffers of a connection.
    const large = 'x'.repeat(3 * 1024 * 1024)
    writeFileSync(`${scratch.path}/data/large`, large)
    const response = await fetch(`http://127.0.0.1:${world.port}${route('path=/data&ordinal=1&container=side')}`, {
      headers: { authorization: `Bearer ${world.token}` },
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, ARCHIVE_TYPE])
    const entries = extract()
    entries.end(Buffer.from(await response.arrayBuffer()))
    const found: Record<string, number> = {}
    for await (const entry of entries) found[entry.header.name] = (await text(entry)).length
    expect(found).toEqual({ 'data/': 0, 'data/large': large.length })
    expect(shop.calls).toEqual([{ name: 'readArchive', argument: { component: 'web', path: '/data', ordinal: 1, container: 'side' } }])
  })

  test('go into a directory of a container', async () => {
    using scratch = scratchDirectory()
    await using world = await ApiWorld.open()
    world.environments.fake('shop').replicaAccess.files = new ContainerFiles(scratch.path)
    const archive = pack()
    archive.entry({ name: 'note' }, 'hello')
    expect(await put(world, route('path=/'), archive)).toEqual({ status: 200, body: {} })
    expect(readFileSync(`${scratch.path}/note`, 'utf8')).toBe('hello')
  })

  test('that are not possible are refused before the first byte', async () => {
    using scratch = scratchDirectory()
    await using world = await ApiWorld.open()
    world.environments.fake('shop').replicaAccess.files = new ContainerFiles(scratch.path)
    const missing = await world.ask(route('path=/none'))
    expect([missing.status, refusalIn(missing)]).toEqual([404, { code: 'MP4115', message: 'there is no /none' }])
    for (const query of ['', 'path=', 'path=/a&ordinal=-1', 'path=/a&more=1']) {
      const refused = await world.ask(route(query))
      expect([refused.status, refusalIn(refused).code]).toEqual([400, 'MP8022'])
    }
    const nowhere = await put(world, route('path=/none'), pack())
    expect(nowhere).toMatchObject({ status: 404, body: { error: { code: 'MP4115' } } })
    const json = await world.ask(route('path=/'), { method: 'PUT', body: {} })
    expect([json.status, refusalIn(json).code]).toEqual([415, 'MP8023'])
  })

  test('that break off do not look complete', async () => {
    await using world = await ApiWorld.open()
    const shop = world.environments.fake('shop')
    shop.replicaAccess.readArchive = async () => breaksOff()
    const answer = fetch(`http://127.0.0.1:${world.port}${route('path=/data')}`, { headers: { authorization: `Bearer ${world.token}` } })
    await expect(answer.then((response) => response.arrayBuffer())).rejects.toThrow()
  })

  test('are given up when the client leaves', async () => {
    await using world = await ApiWorld.open()
    let stopped = false
    world.environments.fake('shop').replicaAccess.readArchive = async () => endless(() => (stopped = true))
    const leaving = new AbortController()
    const response = await fetch(`http://127.0.0.1:${world.port}${route('path=/data')}`, {
      headers: { authorization: `Bearer ${world.token}` },
      signal: leaving.signal,
    })
    expect(response.status).toBe(200)
    leaving.abort()
    await eventually(() => (stopped ? true : undefined))
  })
})

/** Uploads without asking how long it is, as a copy from a pipe does. */
function put(world: ApiWorld, path: string, archive: Pack): Promise<{ readonly status: number; readonly body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${world.token}`, 'content-type': ARCHIVE_TYPE }
    const asking = request({ host: '127.0.0.1', port: world.port, path, method: 'PUT', headers, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) }), reject)
    })
    asking.on('error', reject)
    archive.finalize()
    Readable.from(archive).pipe(asking)
  })
}

async function* breaksOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(512)
  throw new FaultError({ kind: 'unavailable', code: 'MP4001', message: 'the engine went away', retry: 'soon' })
}

async function* endless(ended: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      yield Buffer.alloc(64 * 1024)
      await new Promise((resolve) => process.nextTick(resolve))
    }
  } finally {
    ended()
  }
}
