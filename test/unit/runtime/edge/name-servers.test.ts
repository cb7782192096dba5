import { expect, test } from '@jest/globals'
import { parseResolvConf } from '../../../../runtime/edge/dns/name-servers.ts'

test.each([
  ['nameserver 127.0.0.11\noptions ndots:0\n', ['127.0.0.11']],
  [
    '# nameserver 1.1.1.1\nsearch corp.example\n\tnameserver\t10.0.0.1  # ours\nnameserver fe80::1%eth0\r\nnameserver 10.0.0.1\n',
    ['10.0.0.1', 'fe80::1%eth0'],
  ],
  ['nameserver\nnameserver dns.example\nnameservers 1.1.1.1\n', []],
  ['', []],
])('%j names %j', (text, addresses) => expect(parseResolvConf(text)).toEqual(addresses))
