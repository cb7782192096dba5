import { engineOption, fileOption, strictOption } from './command-outline.ts'
import type { CommandSpec } from './command-spec.ts'

/** Commands that make images and start nothing. */
export const IMAGE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'pull',
    summary: 'Pull images, and start nothing',
    operands: '[component...]',
    options: [fileOption, engineOption, strictOption],
    policy: 'start',
    notes: 'What runs goes on with its image; the next "up" moves it to the pulled one.',
    load: async () => (await import('../commands/pull.ts')).pull,
  },
  {
    name: 'build',
    summary: 'Build images, and start nothing',
    operands: '[component...]',
    options: [
      fileOption,
      { flags: '--no-cache', summary: 'run every step again' },
      { flags: '--pull', summary: 'look for newer versions of the images that builds are based on' },
      engineOption,
      strictOption,
    ],
    policy: 'start',
    notes: 'What runs from an earlier build is moved to the new one, one replica after the other.',
    load: async () => (await import('../commands/build.ts')).build,
  },
]
