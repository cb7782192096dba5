import type Docker from 'dockerode'
import { identityOf, isAlive } from '../../../runtime/process-identity/identity.ts'
import { readDiscovery } from '../../kit/daemon-process.ts'
import { testDocker, testEndpoint } from '../../kit/docker/engine.ts'
import { EngineThings } from '../../kit/docker/engine-things.ts'
import { eventually } from '../../kit/eventually.ts'
import { currentCompose, formerCompose } from '../../kit/peers/build-peer.ts'
import { firstAnswer } from '../first-answer.ts'
import { type Goal, interleave, median, type Side } from '../harness.ts'
import { application, buildFiveImages, composeFile, imageOf, PORT, SERVICES, type Version } from './five-images.ts'
import { DockerPlace } from './place.ts'

/** One way to run the five components: every verb returns when what it asks for is the case. */
interface Shop extends Disposable {
  up(version: Version): void | Promise<void>
  upAgain(): void
  ps(): void
  down(): void
}

/**
 * Five components on cached images, through the command lines: the first `up`, an `up` after all five images changed, an `up` without
 * a change, `ps` and `down`, against docker compose v5 and, for the first `up`, 1.29.
 */
export async function measureLifeCycle(rounds = { cycles: 9, commands: 15 }): Promise<readonly Goal[]> {
  const docker = testDocker()
  await buildFiveImages(docker)
  using ours = new OurShop()
  using current = new ComposeShop(docker, { program: currentCompose(), wait: ['--wait'] })
  using former = new ComposeShop(docker, { program: formerCompose(), wait: [] })
  const downs = { ours: [] as number[], current: [] as number[] }

  const cycle = (shop: Shop, into?: number[]): Side => {
    return async () => {
      const took = await timed(() => shop.up(1))
      const gone = await timed(() => shop.down())
      into?.push(gone)
      return took
    }
  }
  const sides = { ours: cycle(ours, downs.ours), cold: cold(ours), current: cycle(current, downs.current), former: cycle(former) }
  const first = await interleave(sides, { rounds: rounds.cycles, warmUp: WARM_UP })

  for (const shop of [ours, current]) await shop.up(1)
  const changed = await interleave({ ours: change(ours), current: change(current) }, { rounds: rounds.cycles, warmUp: WARM_UP })
  const unchanged = await interleave(
    { ours: () => timed(() => ours.upAgain()), current: () => timed(() => current.upAgain()) },
    { rounds: rounds.commands },
  )
  const listed = await interleave(
    { ours: () => timed(() => ours.ps()), current: () => timed(() => current.ps()) },
    { rounds: rounds.commands },
  )
  const [ourDowns, theirDowns] = [downs.ours.slice(WARM_UP), downs.current.slice(WARM_UP)]
  return [
    ratio('first up of 5 components / compose v5', first.ours, first.current, 1.2),
    ratio('the same with the start of our daemon / v5', first.cold, first.current, 1.2),
    ratio('first up of 5 components / compose 1.29', first.ours, first.former, 0.6),
    ratio('up after 5 images changed / compose v5', changed.ours, changed.current, 0.8),
    ratio('up -d without a change / compose v5', unchanged.ours, unchanged.current, 1),
    ratio('ps / compose v5', listed.ours, listed.current, 1),
    ratio('down / compose v5', ourDowns, theirDowns, 1.2),
  ]
}

const WARM_UP = 1

/** The first `up` of all, with nothing of ours running. */
function cold(shop: OurShop): Side {
  return async () => {
    await shop.endDaemon()
    const took = await timed(() => shop.up(1))
    shop.down()
    return took
  }
}

/** From one set of images to the other and back. */
function change(shop: Shop): Side {
  let version: Version = 1
  return () => {
    version = version === 1 ? 2 : 1
    return timed(() => shop.up(version))
  }
}

export function ratio(name: string, ours: readonly number[], theirs: readonly number[], atMost: number): Goal {
  const [left, right] = [median(ours), median(theirs)]
  return { name, value: left / right, atMost, detail: `${left.toFixed(1)} ms, ${right.toFixed(1)} ms` }
}

async function timed(work: () => void | Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

class OurShop implements Shop {
  readonly #place = new DockerPlace()
  readonly #things = new EngineThings(testEndpoint(), this.#place.home)

  /** Healthy means that each port answered. */
  async up(version: Version): Promise<void> {
    this.#place.write({ 'app.yaml': application(version) })
    this.#place.cli('up', '-d', '--wait')
    expectFive(await this.#things.running('pod'), version)
  }

  upAgain(): void {
    this.#place.cli('up', '-d')
  }

  ps(): void {
    this.#place.cli('ps')
  }

  down(): void {
    this.#place.cli('down')
  }

  async endDaemon(): Promise<void> {
    const daemon = identityOf(readDiscovery(this.#place.home)?.pid ?? 0)
    if (daemon === undefined) return
    process.kill(daemon.pid, 'SIGTERM')
    await eventually(() => (isAlive(daemon) ? undefined : true))
  }

  [Symbol.dispose](): void {
    this.#place[Symbol.dispose]()
  }
}

/** One container for each of the five, all of this version. */
function expectFive(containers: readonly Docker.ContainerInfo[], version: Version): void {
  const seen = containers.map(({ Image }) => Image).sort()
  const expected = SERVICES.map((service) => imageOf(service, version))
  if (seen.join() !== expected.join()) throw new Error(`not the five of version ${version}: ${seen.join(', ')}`)
}

interface Compose {
  readonly program: string
  /** What makes `up` wait; 1.29 cannot. */
  readonly wait: readonly string[]
}

class ComposeShop implements Shop {
  readonly #place = new DockerPlace()
  readonly #docker: Docker
  readonly #compose: Compose
  readonly #project: string

  constructor(docker: Docker, compose: Compose) {
    this.#docker = docker
    this.#compose = compose
    this.#project = compose.wait.length > 0 ? 'bench-current' : 'bench-former'
    this.#place.write({ 'compose.yaml': composeFile(1) })
  }

  /** Without health checks Compose waits for running containers only; ready is the same here as for us: each port answered. */
  async up(version: Version): Promise<void> {
    this.#place.write({ 'compose.yaml': composeFile(version) })
    this.#run('up', '-d', ...this.#compose.wait)
    const label = [`com.docker.compose.project=${this.#project}`]
    const containers = await this.#docker.listContainers({ filters: { label } })
    expectFive(containers, version)
    await Promise.all(
      containers
        .flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks))
        .map(({ IPAddress }) => firstAnswer(PORT, 'localhost', IPAddress)),
    )
  }

  upAgain(): void {
    this.#run('up', '-d')
  }

  ps(): void {
    this.#run('ps')
  }

  down(): void {
    this.#run('down')
  }

  [Symbol.dispose](): void {
    this.#run('down')
    this.#place[Symbol.dispose]()
  }

  #run(...args: readonly string[]): void {
    this.#place.run(this.#compose.program, '-p', this.#project, '-f', 'compose.yaml', ...args)
  }
}
