import { describe, expect, test } from '@jest/globals'
import { parseRoutes } from '../../../../../runtime/engines/docker/local-subnets.ts'
import { edgeAddress, serviceRange } from '../../../../../runtime/engines/docker/network.ts'
import {
  candidateSubnets,
  firstAddress,
  formatSubnet,
  lowerHalf,
  overlaps,
  parseSubnet,
  type Subnet,
} from '../../../../../runtime/engines/docker/subnets.ts'

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text)
  if (parsed === undefined) throw new Error(text)
  return parsed
}

describe('a subnet', () => {
  test.each([
    ['10.112.16.0/20', '10.112.24.0/21', '10.112.31.254', '10.112.16.0/21', '10.112.16.1'],
    ['192.168.0.0/16', '192.168.128.0/17', '192.168.255.254', '192.168.0.0/17', '192.168.0.1'],
    ['255.255.240.0/20', '255.255.248.0/21', '255.255.255.254', '255.255.240.0/21', '255.255.240.1'],
  ])('%s has %s for services and %s for the edge', (text, services, edge, containers, gateway) => {
    expect(serviceRange(text)).toBe(services)
    expect(edgeAddress(text)).toBe(edge)
    expect(formatSubnet(lowerHalf(subnet(text)))).toBe(containers)
    expect(firstAddress(subnet(text))).toBe(gateway)
  })

  test.each(['', '10.0.0.0', '10.0.0/8', '256.0.0.0/8', '10.0.0.0/33', 'fd00::/8', '10.0.0.0/x'])('is not %j', (text) => {
    expect(parseSubnet(text)).toBeUndefined()
  })

  test('is meant by each of its addresses', () => {
    expect(formatSubnet(subnet('172.17.3.9/16'))).toBe('172.17.0.0/16')
  })

  test.each([
    ['10.0.0.0/8', '10.255.0.0/16', true],
    ['10.0.0.0/20', '10.0.16.0/20', false],
    ['10.0.15.255/32', '10.0.0.0/20', true],
    ['0.0.0.0/0', '192.168.0.0/16', true],
    ['192.168.0.0/16', '192.169.0.0/16', false],
  ])('%s and %s overlap: %s', (left, right, expected) => {
    expect(overlaps(subnet(left), subnet(right))).toBe(expected)
    expect(overlaps(subnet(right), subnet(left))).toBe(expected)
  })
})

describe('candidates', () => {
  const first = (name: string, taken: readonly string[] = [], count = 1): readonly string[] => {
    const found: string[] = []
    for (const candidate of candidateSubnets(name, taken.map(subnet))) {
      found.push(formatSubnet(candidate))
      if (found.length === count) break
    }
    return found
  }

  test('are private, of one size, the same each time, and others for another name', () => {
    const some = first('shop', [], 500)
    expect(some).toEqual(first('shop', [], 500))
    expect(new Set(some).size).toBe(500)
    expect(first('shop')).not.toEqual(first('blog'))
    for (const text of some) expect(text).toMatch(/^10\.\d+\.\d+\.0\/20$/)
  })

  test('leave out what is taken', () => {
    const [preferred = '', second = ''] = first('shop', [], 2)
    expect(first('shop', [preferred])).toEqual([second])
    expect(first('shop', [preferred, second])).not.toContain(second)
  })

  test('come from other spaces when a VPN takes all of 10/8, and end when everything is taken', () => {
    expect(first('shop', ['10.0.0.0/8'])[0]).toMatch(/^172\.(1[6-9]|2\d|3[01])\./)
    expect(first('shop', ['10.0.0.0/8', '172.16.0.0/12'])[0]).toMatch(/^192\.168\./)
    expect(first('shop', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])).toEqual([])
  })

  test('stay away from ranges that others take by default', () => {
    const all = first('shop', [], 1e6)
    for (const usual of ['10.0.0.0/16', '10.42.0.0/15', '10.88.0.0/16', '10.96.0.0/12', '10.244.0.0/16']) {
      expect(all.filter((text) => overlaps(subnet(text), subnet(usual)))).toEqual([])
    }
  })
})

test('routes of the kernel are read in its byte order, without those that lead everywhere', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'tun0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0',
    'tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0',
    'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '',
  ].join('\n')
  expect(parseRoutes(table).map(formatSubnet)).toEqual(['10.0.0.0/8', '192.168.1.0/24'])
  expect(parseRoutes('')).toEqual([])
})
