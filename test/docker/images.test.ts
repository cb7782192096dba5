import { readFileSync, symlinkSync, utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { faultIn, ImageWorld } from '../kit/docker/image-world.ts'
import { eventually } from '../kit/eventually.ts'

const BASE = 'busybox:1.36'
const DOCKERFILE = `FROM ${BASE}\nCOPY . /app\nRUN ls -A /app\n`

describe('a build', () => {
  test('of each component of the shop shows its steps, and the second time gives the same image', async () => {
    await using world = new ImageWorld()
    for (const component of ['web', 'catalog', 'worker', 'migrate']) {
      const context = resolve('samples/shop', component)
      const instructions = readFileSync(join(context, 'Dockerfile'), 'utf8')
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('#'))
      const shown = instructions.map((instruction, index) => `[${index + 1}/${instructions.length}] ${instruction}`)
      const ref = `mptest-shop/${component}:1`
      expect((await world.build(ref, { context })).filter((line) => shown.includes(line))).toEqual(shown)
      const first = await world.idOf(ref)
      expect(first).toMatch(/^sha256:/)
      await world.build(ref, { context })
      expect(await world.idOf(ref)).toBe(first)
    }
  })

  test('comes from the cache when files were only touched, and not when one was changed or the cache is not wanted', async () => {
    await using world = new ImageWorld()
    const ref = world.name('mptest/cache:1')
    world.write('context/Dockerfile', `FROM ${BASE}\nCOPY . /app\nRUN date +%N > /stamp\n`)
    world.write('context/a.txt', 'one')
    await world.build(ref)
    const first = await world.idOf(ref)
    utimesSync(join(world.folder, 'context/a.txt'), 0, 1_000_000_000)
    await world.build(ref)
    expect(await world.idOf(ref)).toBe(first)
    world.write('context/a.txt', 'two')
    await world.build(ref)
    const second = await world.idOf(ref)
    expect(second).not.toBe(first)
    await world.build(ref, { noCache: true })
    expect(await world.idOf(ref)).not.toBe(second)
  })

  test('leaves out what .dockerignore names, with its exceptions, and keeps links, modes and empty directories', async () => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', DOCKERFILE)
    world.write('context/.dockerignore', '# comment\nnode_modules\n**/*.log\nsecret/\n!secret/public.txt\nDockerfile\n.dockerignore\n')
    for (const file of ['kept.txt', 'a.log', 'deep/b.log', 'deep/kept.txt', 'node_modules/x/index.js', 'secret/key', 'secret/public.txt'])
      world.write(`context/${file}`, file)
    world.write('context/run.sh', '#!/bin/sh\necho ran\n', 0o755)
    symlinkSync('run.sh', join(world.folder, 'context/link.sh'))
    symlinkSync('/nowhere', join(world.folder, 'context/dangling'))
    await world.build('mptest/ignore:1')
    const found = await world.run('mptest/ignore:1', 'sh', '-c', 'cd /app && find . | sort')
    expect(found.trim().split('\n')).toEqual([
      '.',
      './dangling',
      './deep',
      './deep/kept.txt',
      './kept.txt',
      './link.sh',
      './run.sh',
      './secret',
      './secret/public.txt',
    ])
    expect(await world.run('mptest/ignore:1', 'sh', '-c', '/app/link.sh; readlink /app/dangling; stat -c "%u %g %a" /app/run.sh')).toBe(
      'ran\n/nowhere\n0 0 755\n',
    )
  })

  test('takes a Dockerfile of another name with an ignore file of its own, arguments and a target', async () => {
    await using world = new ImageWorld()
    world.write(
      'context/docker/dev.Dockerfile',
      `FROM ${BASE} AS one\nARG SAYS=nothing\nRUN echo "$SAYS" > /said\nCOPY . /app\nFROM one\nRUN false\n`,
    )
    world.write('context/docker/dev.Dockerfile.dockerignore', 'b.txt\n')
    world.write('context/.dockerignore', 'a.txt\n')
    world.write('context/a.txt', 'a')
    world.write('context/b.txt', 'b')
    const lines = await world.build('mptest/other:1', { dockerfile: 'docker/dev.Dockerfile', target: 'one', args: { SAYS: 'something' } })
    expect(lines.some((line) => line.includes('RUN false'))).toBe(false)
    expect(await world.run('mptest/other:1', 'sh', '-c', 'cat /said; cd /app; find . -type f | sort')).toBe(
      'something\n./a.txt\n./docker/dev.Dockerfile\n./docker/dev.Dockerfile.dockerignore\n',
    )
  })

  test('takes a Dockerfile from outside its directory, of which nothing gets into the image', async () => {
    await using world = new ImageWorld()
    world.write('elsewhere/Dockerfile', DOCKERFILE)
    world.write('context/a.txt', 'a')
    await world.build('mptest/outside:1', { dockerfile: join(world.folder, 'elsewhere/Dockerfile') })
    expect(await world.run('mptest/outside:1', 'ls', '-A', '/app')).toBe('a.txt\n')
    const first = await world.idOf('mptest/outside:1')
    await world.build('mptest/outside:1', { dockerfile: '../elsewhere/Dockerfile' })
    expect(await world.idOf('mptest/outside:1')).toBe(first)
  })

  test('streams its context', async () => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', `FROM ${BASE}\nCOPY big /big\n`)
    world.write('context/big', 'x'.repeat(100 * 1024 * 1024))
    const before = process.memoryUsage().arrayBuffers
    await world.build('mptest/big:1')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
    expect(await world.run('mptest/big:1', 'stat', '-c', '%s', '/big')).toBe(`${100 * 1024 * 1024}\n`)
  })

  test('that fails shows the step with its last lines, and leaves no container and no image', async () => {
    await using world = new ImageWorld()
    const noise = Array.from({ length: 30 }, (_, index) => `echo line ${index}`).join('; ')
    world.write('context/Dockerfile', `FROM ${BASE}\nENV A=1\nRUN ${noise}; echo no such module; exit 3\nCMD ["x"]\n`)
    const containers = async (): Promise<number> =>
      (await world.docker.listContainers({ all: true, filters: { label: ['mptest=fails'] } })).length
    const fault = await faultIn(world.build('mptest/fails:1'))
    expect(fault).toMatchObject({ kind: 'invalid', code: 'MP4310', retry: 'never' })
    const [head = '', ...lines] = fault.message.split('\n')
    expect(head).toMatch(/^the build of mptest\/fails:1 failed at step 3\/4, RUN .* with exit code 3; its last lines:$/)
    expect(lines).toHaveLength(20)
    expect(lines.slice(-2)).toEqual(['line 29', 'no such module'])
    expect(fault.next).toMatch(/up --build/)
    expect(await world.idOf('mptest/fails:1')).toBeUndefined()
    expect(await containers()).toBe(0)
  })

  test.each([
    ['RUN --mount=type=cache,target=/x ls', /--mount option requires BuildKit/],
    ['COPY --link . /x', /unknown flag: link/i],
    ['RUN <<EOF\necho a\nEOF', /unknown instruction/i],
  ])('with syntax of BuildKit only (%s) says so', async (instruction, said) => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', `FROM ${BASE}\n${instruction}\n`)
    const fault = await faultIn(world.build('mptest/buildkit:1'))
    expect(fault).toMatchObject({ code: 'MP4312', retry: 'never' })
    expect(fault.message).toMatch(said)
    expect(fault.next).toMatch(/docker buildx build/)
  })

  test.each([
    ['there is no directory', {}, { context: '/nowhere/at/all' }, 'MP4311', /its directory \/nowhere\/at\/all does not exist/],
    ['there is no Dockerfile', { 'context/a.txt': 'a' }, {}, 'MP4311', /there is no .*context\/Dockerfile/],
    ['an instruction is unknown', { 'context/Dockerfile': `FROM ${BASE}\nFETCH x\n` }, {}, 'MP4310', /unknown instruction: FETCH/],
    [
      'a file to copy is missing',
      { 'context/Dockerfile': `FROM ${BASE}\nCOPY b /b\n` },
      {},
      'MP4310',
      /step 2\/2, COPY b \/b: .*not found/,
    ],
    ['there is no such target', { 'context/Dockerfile': `FROM ${BASE}\n` }, { target: 'two' }, 'MP4310', /target two/],
  ] as const)('says when %s', async (_what, files, change, code, message) => {
    await using world = new ImageWorld()
    for (const [path, text] of Object.entries(files)) world.write(path, text)
    const fault = await faultIn(world.build('mptest/wrong:1', change))
    expect(fault).toMatchObject({ kind: 'invalid', code, retry: 'never' })
    expect(fault.message).toMatch(message)
  })

  test('whose base is neither here nor to be had says so, with the ways out', async () => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', 'FROM 127.0.0.1:9/nobody/base:2\n')
    const fault = await faultIn(world.build('mptest/baseless:1'))
    expect(fault).toMatchObject({ kind: 'unavailable', code: 'MP4305', retry: 'never' })
    expect(fault.message).toMatch(
      /^image mptest\/baseless:1 cannot be built, because its base is missing: image 127.0.0.1:9\/nobody\/base:2 is not here/,
    )
    expect(fault.next).toMatch(/connect .* `docker load -i`, .* `image` or a `build` in minipaas.yaml/)
  })

  test('that is given up ends at once, with what ran in it', async () => {
    await using world = new ImageWorld()
    world.write('context/Dockerfile', `FROM ${BASE}\nRUN echo mptest-abort; sleep 1000\n`)
    const stop = new AbortController()
    const running = async (): Promise<readonly string[]> =>
      (await world.docker.listContainers({ all: true })).filter(({ Command }) => Command.includes('mptest-abort')).map(({ Id }) => Id)
    const image = { from: 'build', ref: world.name('mptest/abort:1'), context: join(world.folder, 'context'), args: {} } as const
    const build = world.images.build({ image }, () => {}, stop.signal)
    build.catch(() => undefined)
    await eventually(async () => ((await running()).length > 0 ? true : undefined))
    stop.abort(new DOMException('no longer wanted', 'AbortError'))
    await expect(build).rejects.toMatchObject({ name: 'AbortError' })
    await eventually(async () => ((await running()).length === 0 ? true : undefined))
  })
})

describe('an image', () => {
  const NOBODY = new AbortController().signal

  test('that was built here goes, with earlier builds of it; others stay', async () => {
    await using world = new ImageWorld()
    const ref = world.name('mptest/goes:1')
    await using other = new ImageWorld()
    const built = async (text: string): Promise<string | undefined> => {
      world.write('context/Dockerfile', `FROM ${BASE}\nENV TEXT=${text}\n`)
      await world.build(ref)
      return await world.idOf(ref)
    }
    const first = await built('one')
    const second = await built('two')
    await other.images.remove(ref, NOBODY)
    expect(await world.idOf(ref)).toBe(second)
    await world.docker.getImage(ref).tag({ repo: 'mptest/kept', tag: '1' })
    world.name('mptest/kept:1')
    await world.images.remove(ref, NOBODY)
    expect(await world.idOf(ref)).toBeUndefined()
    expect(await world.idOf(String(first))).toBeUndefined()
    // Somebody gave it another name.
    expect(await world.idOf('mptest/kept:1')).toBe(second)
    await world.images.remove(BASE, NOBODY)
    expect(await world.images.has(BASE, NOBODY)).toBe(true)
    // What is gone may be removed again.
    await world.images.remove(ref, NOBODY)
  })

  test('is listed under its full name, and a list after a change is a new one', async () => {
    await using world = new ImageWorld()
    const names = async (): Promise<readonly string[]> => (await world.images.list(NOBODY)).map(({ name }) => name)
    expect(await names()).toContain('docker.io/library/busybox:1.36')
    world.write('context/Dockerfile', `FROM ${BASE}\nENV LISTED=1\n`)
    await world.build('mptest/listed:1')
    const id = await world.idOf('mptest/listed:1')
    expect(await world.images.list(NOBODY)).toContainEqual({ name: 'docker.io/mptest/listed:1', id })
    await world.docker.getImage('mptest/listed:1').remove()
    expect(await names()).toContain('docker.io/mptest/listed:1')
    world.images.changed()
    expect(await names()).not.toContain('docker.io/mptest/listed:1')
  })
})
