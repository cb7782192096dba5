import { fileOption, type OptionSpec } from './command-outline.ts'
import type { CommandSpec } from './command-spec.ts'

const strict: OptionSpec = { flags: '--strict', summary: 'what is known but not simulated is an error' }
const engine: OptionSpec = { flags: '--engine <engine>', summary: 'where replicas run', choices: ['auto', 'docker', 'process'] }
const scale: OptionSpec = { flags: '--scale <component=n>', summary: 'replicas of a component', repeatable: true }
const build: OptionSpec = { flags: '--build', summary: 'build images first, even when nothing changed' }
const removeOrphans: OptionSpec = { flags: '--remove-orphans', summary: 'end applications that no given file declares any more' }
const components = '[component...]'

/** Commands that bring applications up, change them or end them. */
export const RUNNING_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'up',
    summary: 'Apply the model and run it, in the foreground unless -d is given',
    operands: components,
    options: [
      fileOption,
      { flags: '-d, --detach', summary: 'return once everything is started' },
      { flags: '--wait', summary: 'return once everything is healthy (implies -d)' },
      { flags: '--wait-timeout <seconds>', summary: 'longest time for --wait' },
      build,
      removeOrphans,
      engine,
      strict,
      scale,
      { flags: '--no-watch', summary: 'do not apply the model again when a file of it changes' },
    ],
    policy: 'start',
    notes:
      'Without -f, minipaas.yaml may name the model files ("models"); else app.yaml, application.yaml, vela.yaml or *.oam.yaml of the directory are taken.\nCtrl+C stops gracefully, a second one at once.',
    load: async () => (await import('../commands/up.ts')).up,
  },
  {
    name: 'down',
    summary: 'End applications and remove what belongs to them',
    operands: '[application...]',
    options: [
      { flags: '-v, --volumes', summary: 'remove named volumes as well' },
      { flags: '-t, --timeout <seconds>', summary: 'longest time for a replica to end; 0 kills at once' },
    ],
    policy: 'existing',
    load: async () => (await import('../commands/down.ts')).down,
  },
  {
    name: 'restart',
    summary: 'Restart components in place',
    operands: components,
    policy: 'existing',
    load: async () => (await import('../commands/restart.ts')).restart,
  },
  {
    name: 'start',
    summary: 'Start components that were stopped',
    operands: components,
    policy: 'existing',
    load: async () => (await import('../commands/start.ts')).start,
  },
  {
    name: 'stop',
    summary: 'Stop components and keep them',
    operands: components,
    policy: 'existing',
    load: async () => (await import('../commands/stop.ts')).stop,
  },
  {
    name: 'scale',
    summary: 'Set the number of replicas',
    operands: '<component=n...>',
    policy: 'existing',
    load: async () => (await import('../commands/scale.ts')).scale,
  },
  {
    name: 'workflow',
    summary: 'Suspend, resume, terminate or restart the workflow of an application',
    operands: '<action> [application]',
    options: [{ flags: '--step <name>', summary: 'only this step' }],
    policy: 'existing',
    load: async () => (await import('../commands/workflow.ts')).workflow,
  },
  {
    name: 'exec',
    summary: 'Run a command in a replica that runs',
    operands: '<component> <command...>',
    options: [
      { flags: '-T, --no-tty', summary: 'no terminal' },
      { flags: '-e, --env <name=value>', summary: 'environment variable', repeatable: true },
      { flags: '-w, --workdir <path>', summary: 'working directory' },
      { flags: '--index <n>', summary: 'ordinal of the replica' },
      { flags: '--container <name>', summary: 'container of the replica' },
    ],
    passesOn: true,
    policy: 'existing',
    load: async () => (await import('../commands/exec.ts')).exec,
  },
  {
    name: 'run',
    summary: 'Run a fresh, unrouted copy of a component',
    operands: '<component> [command...]',
    options: [
      { flags: '-T, --no-tty', summary: 'no terminal' },
      { flags: '-e, --env <name=value>', summary: 'environment variable', repeatable: true },
      { flags: '-w, --workdir <path>', summary: 'working directory' },
    ],
    passesOn: true,
    policy: 'existing',
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'plan',
    summary: 'Print what "up" would do',
    operands: components,
    options: [fileOption, build, removeOrphans, engine, strict, scale],
    policy: 'start',
    load: async () => (await import('../commands/plan.ts')).plan,
  },
]
