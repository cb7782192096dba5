import { ensureDebianPackages } from './debian-packages.ts'
import { GIVEN_ENGINE, testEndpoint } from './engine.ts'
import { askEngine } from './engine-http.ts'
import type { EngineKind } from './engine-kinds.ts'
import { imageArchive } from './image-archive.ts'
import { BASE_IMAGES, type ImageRecipe, recipeOf } from './image-recipes.ts'
import { PrivateEngine } from './private-engine.ts'

/**
 * The image of a server (`redis:7`, `nginx:1.27`; see image-recipes.ts) on the engine of this run, ready to be used under its public
 * name. On a private engine it is made where it is missing, from the server's Debian package; on an engine that somebody gave nothing
 * gets a public name, so that a missing one is an error that says so.
 */
export async function serverImage(image: string): Promise<string> {
  if (!(await hasImage(testEndpoint(), image))) {
    if (process.env[GIVEN_ENGINE] !== undefined) throw new Error(missing([image]))
    await makeImage(testEndpoint(), image)
  }
  return image
}

/** An image that only tests have, under a name below `localhost/`: it may be made on any engine. */
export async function ownImage(image: string, recipe: ImageRecipe): Promise<void> {
  if (!(await hasImage(testEndpoint(), image))) await makeImage(testEndpoint(), image, recipe)
}

/** A private engine with the base images. */
export async function startEngineWithImages(kind: EngineKind = 'docker'): Promise<PrivateEngine> {
  const engine = await PrivateEngine.start(kind)
  for (const image of BASE_IMAGES) await makeImage(engine.endpoint, image)
  return engine
}

/** Throws with the names of base images that an engine does not have. */
export async function expectBaseImages(endpoint: string): Promise<void> {
  const found = await Promise.all(BASE_IMAGES.map((image) => hasImage(endpoint, image)))
  const absent = BASE_IMAGES.filter((_, index) => found[index] === false)
  if (absent.length > 0) throw new Error(missing(absent))
}

/** Makes the image from programs of this machine, under its public name: for engines of ours only. */
async function makeImage(endpoint: string, image: string, recipe: ImageRecipe = recipeOf(image)): Promise<void> {
  ensureDebianPackages({ busybox: 'busybox-static', ...recipe.packages }, `Without it there is no ${image} on the engine of the tests.`)
  const file = await imageArchive(image, recipe)
  const { status, text } = await askEngine(endpoint, '/images/load?quiet=1', { method: 'POST', file })
  if (status >= 400 || text.includes('"error"')) throw new Error(`${image} cannot be loaded: ${status} ${text.trim()}`)
}

async function hasImage(endpoint: string, image: string): Promise<boolean> {
  const { status, text } = await askEngine(endpoint, `/images/${image}/json`)
  if (status !== 200 && status !== 404) throw new Error(`the engine at ${endpoint} answers ${status} ${text.trim()}`)
  return status === 200
}

function missing(images: readonly string[]): string {
  const pulls = images.map((image) => `docker pull ${image}`).join(' && ')
  return `The engine named by ${GIVEN_ENGINE} has no ${images.join(' and no ')}, and tests give no public name to an image there. First: ${pulls}`
}
