import { expect, test } from '@jest/globals'
import type Docker from 'dockerode'
import type { DockerContext } from '../../../../../runtime/engines/docker/context.ts'
import { LABELS } from '../../../../../runtime/engines/docker/labels.ts'
import { listVolumes } from '../../../../../runtime/engines/docker/volumes.ts'

const mine = { [LABELS.role]: 'volume', [LABELS.home]: 'my-home', [LABELS.environment]: 'shop' }

test('volumes of others are not ours, even where an engine lists what has any of the labels asked for', async () => {
  const volumes = [
    { ...mine, [LABELS.name]: 'data' },
    { ...mine, [LABELS.name]: 'cache', [LABELS.replica]: 'web--a.0' },
    { ...mine, [LABELS.name]: 'other-environment', [LABELS.environment]: 'stage' },
    { ...mine, [LABELS.name]: 'other-home', [LABELS.home]: 'their-home' },
    { ...mine, [LABELS.name]: 'other-role', [LABELS.role]: 'network' },
    null,
  ]
  const docker = { listVolumes: async () => ({ Volumes: volumes.map((Labels) => ({ Name: 'x', Labels })) }) } as unknown as Docker
  const context = { docker, place: { home: 'my-home', prefix: 'minipaas' } } as DockerContext
  expect(await listVolumes(context, { environment: 'shop', instance: 'i' }, new AbortController().signal)).toEqual(['data'])
})
