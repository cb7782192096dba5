import { engineOption as engine, fileOption, type OptionSpec, strictOption as strict } from './command-outline.ts'
import type { CommandSpec } from './command-spec.ts'

const scale: OptionSpec = { flags: '--scale <component=n>', summary: 'replicas of a component', repeatable: true }
const build: OptionSpec = { flags: '--build', summary: 'build images first, even when nothing changed' }
const pull: OptionSpec = {
  flags: '--pull <policy>',
  summary: 'when images are pulled, in place of what the model says',
  choices: ['always', 'missing', 'never'],
}
const removeOrphans: OptionSpec = { flags: '--remove-orphans', summary: 'end applications that no given file declares any more' }
const index: OptionSpec = { flags: '--index <n>', summary: 'ordinal of the replica' }
const container: OptionSpec = { flags: '--container <name>', summary: 'container of the replica' }
const sessionOptions: readonly OptionSpec[] = [
  { flags: '-i, --interactive', summary: 'pass standard input on (always so)' },
  { flags: '-t, --tty', summary: 'a terminal (so by default where there is one)' },
  { flags: '-T, --no-tty', summary: 'no terminal' },
  { flags: '-e, --env <name=value>', summary: 'environment variable', repeatable: true },
  { flags: '-w, --workdir <path>', summary: 'working directory' },
]
const sessionNotes = "The exit code is the command's; 127 when there is no such program, 126 when it cannot be run."
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
      pull,
      removeOrphans,
      engine,
      strict,
      scale,
      { flags: '--speed <n>', summary: 'decisions about scaling run n times faster than the machine' },
      { flags: '--clock <kind>', summary: 'of those decisions; virtual moves only when it is told', choices: ['system', 'virtual'] },
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
      { flags: '--rmi <which>', summary: 'remove images as well that were built for the environment', choices: ['local'] },
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
    name: 'pause',
    summary: 'Stop the scaling of components',
    operands: '<component...>',
    options: [
      { flags: '--replicas <n>', summary: 'and set this number of replicas' },
      { flags: '--scale-in', summary: 'only the way down' },
      { flags: '--scale-out', summary: 'only the way up' },
    ],
    policy: 'existing',
    notes: "As KEDA's annotations do it; what is paused in the model is in the model.",
    load: async () => (await import('../commands/pause.ts')).pause,
  },
  {
    name: 'resume',
    summary: 'Let components be scaled again',
    operands: '<component...>',
    policy: 'existing',
    load: async () => (await import('../commands/resume.ts')).resume,
  },
  {
    name: 'metric',
    summary: 'Set the value of a trigger by hand, or have it measured again',
    operands: '<action> <component> <trigger> [value]',
    policy: 'existing',
    notes:
      'metric set <component> <trigger> <value>, metric unset <component> <trigger>. A trigger is its name, its type where there is only one of it, or its\nnumber, counted from 0.',
    load: async () => (await import('../commands/metric.ts')).metric,
  },
  {
    name: 'clock',
    summary: 'Show the clock of decisions, or let time pass',
    operands: '[action] [duration]',
    policy: 'existing',
    notes:
      'clock advance 5m: at once on a virtual clock (up --clock virtual), otherwise when the time has passed; returns when everything has settled.',
    load: async () => (await import('../commands/clock.ts')).clock,
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
    options: [...sessionOptions, index, container],
    notes: sessionNotes,
    passesOn: true,
    policy: 'existing',
    load: async () => (await import('../commands/exec.ts')).exec,
  },
  {
    name: 'run',
    summary: 'Run a fresh, unrouted copy of a component',
    operands: '<component> [command...]',
    options: [...sessionOptions],
    notes: sessionNotes,
    passesOn: true,
    policy: 'existing',
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'cp',
    summary: 'Copy files between a replica and this machine',
    operands: '<source> <destination>',
    options: [
      { flags: '-L, --follow-link', summary: 'copy what a link at the source leads to' },
      { flags: '-q, --quiet', summary: 'say nothing when it is done' },
    ],
    policy: 'existing',
    notes:
      'One of them is component[#ordinal][:container]:path, for example web:/app/log or web#1:proxy:/etc/nginx. A path in a container that is\nnot absolute starts at its root. "dir/." means what is in the directory. - is a tar archive on standard input or output.',
    load: async () => (await import('../commands/cp.ts')).cp,
  },
  {
    name: 'kill',
    summary: 'Send a signal to the first process of containers',
    operands: components,
    options: [{ flags: '-s, --signal <signal>', summary: 'default: KILL' }, index, container],
    policy: 'existing',
    notes: 'What ends of it is started again, as after a crash. "stop" ends components for good.',
    load: async () => (await import('../commands/kill.ts')).kill,
  },
  {
    name: 'port-forward',
    summary: 'Forward local ports to replicas of a component',
    operands: '<component> <[local:]remote...>',
    options: [index],
    policy: 'existing',
    notes: 'Listens on 127.0.0.1 until Ctrl+C. :80 takes any free local port. Replicas that are ready take turns, one connection each.',
    load: async () => (await import('../commands/port-forward.ts')).portForward,
  },
  {
    name: 'wait',
    summary: 'Wait until components have ended; the exit code is that of the first one',
    operands: '<component...>',
    policy: 'existing',
    load: async () => (await import('../commands/wait.ts')).wait,
  },
  {
    name: 'plan',
    summary: 'Print what "up" would do',
    operands: components,
    options: [fileOption, build, pull, removeOrphans, engine, strict, scale],
    policy: 'start',
    load: async () => (await import('../commands/plan.ts')).plan,
  },
]
