import { describe, expect, test } from '@jest/globals'
import { edgeSocketPath } from '../../../src/wire/edge-socket.ts'

describe('the socket of an edge', () => {
  const linux = { platform: 'linux', temporary: '/tmp', uid: 1000 }

  test('is in its directory as long as the path fits an address', () => {
    expect(edgeSocketPath('/home/me/.local/state/minipaas/environments/shop/edge', linux)).toBe(
      '/home/me/.local/state/minipaas/environments/shop/edge/edge.sock',
    )
  })

  test('has a short name of its own where it does not, counted in bytes', () => {
    for (const long of ['d'.repeat(95), 'ü'.repeat(50)]) {
      const path = edgeSocketPath(`/${long}`, linux)
      expect(path).toMatch(/^\/tmp\/minipaas-1000\/[0-9a-f]{16}\.sock$/)
      expect(edgeSocketPath(`/${long}`, linux)).toBe(path)
      expect(edgeSocketPath(`/${long}2`, linux)).not.toBe(path)
    }
  })

  test('is a pipe on Windows', () => {
    expect(edgeSocketPath('C:\\minipaas\\edge', { platform: 'win32', temporary: 'C:\\Temp' })).toMatch(
      /^\\\\\.\\pipe\\minipaas-[0-9a-f]{16}$/,
    )
  })
})
