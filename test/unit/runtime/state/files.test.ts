import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createCappedFile } from '../../../../runtime/state/capped-file.ts'
import { newToken, readDiscovery, removeDiscovery, writeDiscovery } from '../../../../runtime/state/discovery-file.ts'
import { openHome } from '../../../../runtime/state/home.ts'
import { readJson, writeJson } from '../../../../runtime/state/json-file.ts'
import { readLease, writeLease } from '../../../../runtime/state/lease-file.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

describe('the state directory', () => {
  test('is made for its user alone, with its folders', async () => {
    using scratch = scratchDirectory()
    const home = await openHome(join(scratch.path, 'state', 'minipaas'))
    expect([home.root, home.environments, join(home.root, 'logs')].map(mode)).toEqual(['700', '700', '700'])
  })

  test('is closed to others when it was open', async () => {
    using scratch = scratchDirectory()
    const root = join(scratch.path, 'open')
    mkdirSync(root)
    chmodSync(root, 0o755)
    await openHome(root)
    expect(mode(root)).toBe('700')
  })

  test('is refused with a way out when it cannot be made', async () => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'file')
    writeFileSync(file, '')
    const refused = { fault: { code: 'MP8051', next: expect.stringContaining('MINIPAAS_HOME') } }
    await expect(openHome(join(file, 'home'))).rejects.toMatchObject(refused)
    await expect(openHome('relative/home')).rejects.toMatchObject(refused)
  })
})

describe('a JSON file', () => {
  test('is replaced as a whole, readable by its user alone, without left-overs', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'value.json')
    await Promise.all(Array.from({ length: 20 }, (_, index) => writeJson(path, `value ${index}`)))
    expect(readdirSync(scratch.path)).toEqual(['value.json'])
    expect(mode(path)).toBe('600')
    expect(await readJson(path, text)).toMatchObject({ found: 'value', value: expect.stringMatching(/^value \d+$/) })
  })

  test('that is broken or of another shape is set aside, each under a name of its own', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'value.json')
    for (const [content, aside] of [
      ['{"cut', 'value.json.set-aside-1'],
      ['42', 'value.json.set-aside-2'],
    ] as const) {
      writeFileSync(path, content)
      expect(await readJson(path, text)).toEqual({ found: 'unusable', setAside: join(scratch.path, aside) })
      expect(readFileSync(join(scratch.path, aside), 'utf8')).toBe(content)
    }
    expect(await readJson(path, text)).toEqual({ found: 'nothing' })
  })
})

describe('daemon.json and lease.json', () => {
  const discovery = (instance: string) => ({ version: '1.0.0', pid: 1, startTime: 'now', port: 1234, token: newToken(), instance })

  test('a token is 32 bytes that fit a header, never the same', () => {
    const tokens = Array.from({ length: 100 }, newToken)
    expect(new Set(tokens).size).toBe(100)
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('only the daemon that wrote the discovery removes it', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'daemon.json')
    await writeDiscovery(path, discovery('second'))
    expect(mode(path)).toBe('600')
    await removeDiscovery(path, 'first')
    expect(await readDiscovery(path)).toMatchObject({ found: 'value', value: { instance: 'second' } })
    await removeDiscovery(path, 'second')
    expect(await readDiscovery(path)).toEqual({ found: 'nothing' })
  })

  test('a lease is read back; one of an unknown version is none', async () => {
    using scratch = scratchDirectory()
    const path = join(scratch.path, 'lease.json')
    const lease = { v: 1, instance: 'i', pid: 1, startTime: 'now', at: 5 } as const
    await writeLease(path, lease)
    expect(await readLease(path)).toEqual(lease)
    writeFileSync(path, JSON.stringify({ ...lease, v: 2 }))
    expect(await readLease(path)).toBeUndefined()
  })
})

describe('a capped file', () => {
  const aFile = (folder: string, maxBytes: number) => {
    const clock = new VirtualClock()
    const errors: unknown[] = []
    const path = join(folder, 'deep', 'lines.ndjson')
    return { path, clock, errors, file: createCappedFile({ path, maxBytes, clock, delayMs: 100, onError: (error) => errors.push(error) }) }
  }

  test('writes in the background, in order', async () => {
    using scratch = scratchDirectory()
    const { path, clock, file } = aFile(scratch.path, 1_000_000)
    for (let index = 0; index < 500; index++) file.append(`${index}`)
    await clock.advance(100)
    await file.flush()
    expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 500 }, (_, index) => `${index}\n`).join(''))
    expect(mode(path)).toBe('600')
  })

  test('keeps at most two files of the limit, the newest lines', async () => {
    using scratch = scratchDirectory()
    const { path, file } = aFile(scratch.path, 100)
    for (let index = 0; index < 50; index++) {
      file.append(`line ${String(index).padStart(4, '0')}`)
      await file.flush()
    }
    const kept = readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')
    expect(statSync(path).size).toBeLessThanOrEqual(100)
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100)
    expect(kept.trimEnd().split('\n').at(-1)).toBe('line 0049')
    expect(readdirSync(join(path, '..')).length).toBe(2)
  })

  test('writes at once before the process dies', () => {
    using scratch = scratchDirectory()
    const { path, file } = aFile(scratch.path, 100)
    file.append('last words')
    file.flushNow()
    expect(readFileSync(path, 'utf8')).toBe('last words\n')
  })

  test('reports what it cannot write and goes on', async () => {
    using scratch = scratchDirectory()
    const { path, file, errors } = aFile(scratch.path, 100)
    writeFileSync(join(path, '..', '..', 'deep'), 'in the way')
    file.append('lost')
    await file.flush()
    expect(errors).toHaveLength(1)
  })
})
