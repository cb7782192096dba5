import Docker from 'dockerode'
import { addressOf } from './engine-http.ts'

/** Set by the set-up of the lane (or by whoever starts an engine for it): the engine of this run, in the form of DOCKER_HOST. */
export const TEST_ENGINE = 'MINIPAAS_TEST_ENGINE'
/** Set by a person or by CI: an engine that tests may use although they did not start it. */
export const GIVEN_ENGINE = 'MINIPAAS_TEST_DOCKER_HOST'

/** The engine of this run as DOCKER_HOST names it; what a test gives to programs that it starts. Throws where no set-up ran. */
export function testEndpoint(): string {
  const endpoint = process.env[TEST_ENGINE]
  if (endpoint === undefined) throw new Error(`${TEST_ENGINE} is not set: only the docker lane, benches and soaks have an engine`)
  return endpoint
}

/** A client of that engine, for what a test looks at from outside. */
export function testDocker(): Docker {
  return new Docker(addressOf(testEndpoint()))
}
