import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import { repositoryFolder } from '../clone.ts'
import type { ImageRecipe } from './image-recipes.ts'
import { packRootFileSystem, programsOf } from './root-file-system.ts'

const CACHE = join(repositoryFolder, 'node_modules', '.cache', 'minipaas', 'images')
/** Raised when archives are made in another way, so that none is kept. */
const FORM = 2
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/**
 * The image in the form that engines load (of `docker save`): one layer, the configuration and the name. Made once; made again when a
 * program or the recipe changes. Resolves to the path of the file. Throws when a program is not on this machine.
 */
export async function imageArchive(image: string, recipe: ImageRecipe): Promise<string> {
  const programs = programsOf(recipe)
  const stamps = programs.map(({ source }) => [source, statSync(source).size, statSync(source).mtimeMs])
  const key = createHash('sha256')
    .update(JSON.stringify([recipe, stamps, FORM]))
    .digest('hex')
    .slice(0, 12)
  const file = join(CACHE, `${image.replaceAll(/\W/g, '-')}-${key}.tar`)
  if (existsSync(file)) return file
  mkdirSync(CACHE, { recursive: true })
  const [layer, archive] = [`${file}.layer.${process.pid}`, `${file}.${process.pid}`]
  const digest = createHash('sha256')
  await pipeline(packRootFileSystem(programs, recipe), passing(digest), createWriteStream(layer))
  await writeArchive(archive, { image, recipe, layer, diffId: `sha256:${digest.digest('hex')}` })
  rmSync(layer)
  renameSync(archive, file)
  return file
}

interface Parts {
  readonly image: string
  readonly recipe: ImageRecipe
  readonly layer: string
  readonly diffId: string
}

async function writeArchive(target: string, { image, recipe, layer, diffId }: Parts): Promise<void> {
  const config = JSON.stringify({
    created: '1970-01-01T00:00:00Z',
    os: 'linux',
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    config: { ...recipe.config, Env: [PATH, ...(recipe.config.Env ?? [])] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created_by: 'made of programs of this machine for tests' }],
  })
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  const tar = pack()
  const written = pipeline(tar, createWriteStream(target))
  tar.entry(
    { name: 'manifest.json' },
    JSON.stringify([{ Config: configName, RepoTags: [image.includes('/') ? image : `docker.io/library/${image}`], Layers: ['layer.tar'] }]),
  )
  tar.entry({ name: configName }, config)
  await pipeline(createReadStream(layer), tar.entry({ name: 'layer.tar', size: statSync(layer).size }))
  tar.finalize()
  await written
}

function passing(digest: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk)
      done(null, chunk)
    },
  })
}
