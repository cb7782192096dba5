import { expect, test } from '@jest/globals'
import { testDocker } from '../kit/docker/engine.ts'
import { serverImage } from '../kit/docker/images.ts'

test('the base images run, and give arguments that are no program to their own one', async () => {
  expect(await outputOf('busybox:1.36', ['echo', 'here'])).toBe('here\n')
  expect(await outputOf('node:22-alpine', ['-p', '40 + 2'])).toBe('42\n')
  expect(await outputOf('node:22-alpine', ['sh', '-c', 'node -p 40+2; id -un'])).toBe('42\nroot\n')
}, 60_000)

test.each([
  { image: 'redis:7', command: 'redis-server --port 6380 & until redis-cli -p 6380 ping; do sleep 0.05; done', answer: /PONG\n$/ },
  { image: 'nginx:1.27', command: 'nginx; until wget -qO- http://127.0.0.1/; do sleep 0.05; done', answer: /<title>/ },
])(
  '$image serves',
  async ({ image, command, answer }) => {
    expect(await outputOf(await serverImage(image), ['sh', '-c', `(${command}) 2>/dev/null`])).toMatch(answer)
  },
  120_000,
)

/** What a container writes until it ends; it is removed. */
async function outputOf(image: string, command: string[]): Promise<string> {
  const container = await testDocker().createContainer({ Image: image, Cmd: command, HostConfig: { NetworkMode: 'none' } })
  try {
    await container.start()
    await container.wait()
    return plain(await container.logs({ stdout: true, stderr: true }))
  } finally {
    await container.remove({ force: true, v: true })
  }
}

/** Without the eight bytes before each piece, whose last four are its length. */
function plain(framed: Buffer): string {
  let text = ''
  for (let at = 0; at < framed.length; at += 8 + framed.readUInt32BE(at + 4)) {
    text += framed.toString('utf8', at + 8, at + 8 + framed.readUInt32BE(at + 4))
  }
  return text
}
