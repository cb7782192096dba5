import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { type NetworkHookCall, networkHookCommand } from '../../../../../../runtime/engines/docker/pod/hook-client.ts'

interface Result {
  readonly code: number | null
  readonly said: string
}

/** Runs the program that a sandbox would run. */
function runHere(call: NetworkHookCall): Promise<Result> {
  const [, ...args] = networkHookCommand(call)
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said: said.trim() })))
}

async function withServer<T>(work: (port: number, asked: string[]) => Promise<T>): Promise<T> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-from'] ?? ''} ${request.headers.host}`)
    response.statusCode = Number(request.url?.slice(1))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work((server.address() as AddressInfo).port, asked)
  } finally {
    server.close()
  }
}

const http = (port: number, path: string): NetworkHookCall['hook'] => ({
  by: 'http',
  port,
  path,
  scheme: 'http',
  headers: [{ name: 'x-from', value: 'hook' }],
})
const call = (hook: NetworkHookCall['hook']): NetworkHookCall => ({ hook, address: '127.0.0.1', limitMs: 100 })

test.each([
  ['/200', 0, ''],
  ['/302', 0, ''],
  ['/404', 1, '/404 answered 404'],
  ['/500', 1, '/500 answered 500'],
])('%s ends with %i', async (path, code, said) => {
  await withServer(async (port, asked) => {
    expect(await runHere(call(http(port, path)))).toEqual({ code, said })
    expect(asked).toEqual([`GET ${path} hook 127.0.0.1:${port}`])
  })
})

test('a knock is answered, or not', async () => {
  const closed = await withServer(async (port) => {
    expect(await runHere(call({ by: 'tcp', port }))).toEqual({ code: 0, said: '' })
    return port
  })
  const { code, said } = await runHere(call({ by: 'tcp', port: closed }))
  expect([code, said]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
})

test('a host that is named is asked instead', async () => {
  await withServer(async (port) => {
    expect(await runHere({ ...call({ by: 'tcp', port, host: '127.0.0.1' }), address: '192.0.2.1' })).toEqual({ code: 0, said: '' })
  })
})
