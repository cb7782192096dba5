import { expect, test } from '@jest/globals'
import { registryFault } from '../../../../../../runtime/engines/docker/images/registry-faults.ts'

const fault = (said: string, changes: object = {}) => registryFault({ ref: 'nginx:1', said, withCredentials: false, ...changes })?.fault

// What engines of several versions and registries of several makers say.
test.each([
  ['manifest for nginx:nope not found: manifest unknown: manifest unknown', 'MP4301'],
  ['failed to resolve reference "docker.io/library/nginx:nope": docker.io/library/nginx:nope: not found', 'MP4301'],
  ['repository name not known to registry: name unknown', 'MP4301'],
  [
    "pull access denied for nginx, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'MP4302',
  ],
  ['failed to authorize: server message: insufficient_scope: authorization failed', 'MP4302'],
  ['unexpected status from HEAD request to https://x/v2/y/manifests/1: 403 Forbidden', 'MP4302'],
  ['Head "https://x/v2/y/manifests/1": unauthorized: incorrect username or password', 'MP4303'],
  ['Head "http://127.0.0.1:5000/v2/y/manifests/1": no basic auth credentials', 'MP4303'],
  ['unexpected status from HEAD request: 401 Unauthorized', 'MP4303'],
  ['Get "https://x/v2/": x509: certificate signed by unknown authority', 'MP4304'],
  ['Get "https://x/v2/": http: server gave HTTP response to HTTPS client', 'MP4304'],
  ['remote error: tls: bad certificate', 'MP4304'],
  ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host', 'MP4305'],
  ['Get "https://registry-1.docker.io/v2/": dial tcp 1.2.3.4:443: i/o timeout', 'MP4305'],
  ['Get "https://x/v2/": net/http: TLS handshake timeout', 'MP4305'],
  ['Get "https://x/v2/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'MP4305'],
  ['dial tcp: lookup x: Temporary failure in name resolution', 'MP4305'],
  ['Get "https://x/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', 'MP4305'],
  ['Get "https://x/v2/": EOF', 'MP4305'],
  ['toomanyrequests: You have reached your pull rate limit.', 'MP4306'],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'MP4307'],
  ['write /var/lib/docker/tmp/x: no space left on device', 'MP4308'],
  ['invalid reference format: repository name must be lowercase', 'MP4309'],
])('%s is %s', (said, code) => {
  expect(fault(said)?.code).toBe(code)
})

test('only what passes by itself is tried again', () => {
  const retries = ['toomanyrequests', 'no such host', 'denied', 'manifest unknown', 'x509: expired'].map((said) => fault(said)?.retry)
  expect(retries).toEqual(['backoff', 'never', 'never', 'never', 'never'])
})

test('other words are none of a registry', () => {
  expect(fault('the engine is on fire')).toBeUndefined()
})

test('whoever has to log in is told where, and why', () => {
  expect(fault('unauthorized')?.next).toBe('run `docker login` and then `minipaas up` again')
  const own = fault('unauthorized', { ref: 'example.com/x', withCredentials: true, problem: 'the key ring is locked' })
  expect(own?.next).toBe('the credentials of this machine are not accepted; run `docker login example.com` and then `minipaas up` again')
  expect(own?.message).toBe(
    'example.com does not let you pull image example.com/x: unauthorized; credentials could not be had: the key ring is locked',
  )
})
