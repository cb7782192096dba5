import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of images: what could not be pulled or built. */
export const imageCodes = {
  MP4301: {
    title: 'the registry has no such image',
    explanation:
      'The registry answers, but has no image of that name, tag or digest. A failed pull is tried again with the next `minipaas up`; what runs already goes on.',
  },
  MP4302: {
    title: 'the registry has no such image, or does not show it',
    explanation:
      'Registries do not tell those who may not see an image whether it exists. Check the name; for a private image log in with `docker login`.',
  },
  MP4303: {
    title: 'the registry wants other credentials',
    explanation:
      'Images are pulled with the credentials of the configuration of the Docker CLI (`DOCKER_CONFIG` or ~/.docker/config.json), its credential helpers included. There are none for this registry, or it does not accept them.',
  },
  MP4304: {
    title: 'the engine does not trust the registry',
    explanation:
      'The certificate of the registry is not signed by an authority that the engine knows, or the registry does not speak TLS. That is a matter of the engine, not of this machine: its own certificates and its list of insecure registries count.',
  },
  MP4305: {
    title: 'the registry cannot be reached',
    explanation:
      'The image is not on the engine and the engine reaches no registry that has it. There are three ways out: connect and run `minipaas up` again, load the image from an archive with `docker load`, or say in minipaas.yaml which `image` to use or what to `build` instead.',
  },
  MP4306: {
    title: 'the registry allows no more pulls for now',
    explanation:
      'The registry limits how much may be pulled in a while. It is tried again with growing pauses; users who log in may pull more.',
  },
  MP4307: {
    title: 'the image is for other platforms',
    explanation: 'The image exists, but has no variant for the operating system and processor of the engine.',
  },
  MP4308: {
    title: 'the engine has no room for the image',
    explanation: 'The disk of the engine is full. `docker system df` shows what takes it.',
  },
  MP4309: {
    title: 'the name of an image is not valid',
    explanation: 'References are `[registry[:port]/]name[:tag][@digest]`; the name is in lower case.',
  },
  MP4310: {
    title: 'a build failed',
    explanation:
      'A step of the Dockerfile failed, or the Dockerfile cannot be understood. The message shows the step with its last lines. What runs from an earlier build goes on; the next `minipaas up --build` tries again.',
  },
  MP4311: {
    title: 'the directory of a build cannot be used',
    explanation: 'The directory or the Dockerfile of a build does not exist, or a file in it cannot be read.',
  },
  MP4312: {
    title: 'the Dockerfile needs BuildKit',
    explanation:
      "Images are built by the builder that is in every engine's API. It does not know what BuildKit added to the language, such as `RUN --mount`, `COPY --link`, `--chmod` and here-documents.",
  },
} as const satisfies Record<Code, CatalogueEntry>
