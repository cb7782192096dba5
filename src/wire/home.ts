/** What the rule for the state directory looks at. */
export interface HomeSource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string
  /** The user's own directory. */
  readonly userHome: string
}

/** Discovery file of the daemon, in the state directory. */
export const DISCOVERY_FILE = 'daemon.json'
/** One directory for each environment that is remembered, in the state directory. */
export const ENVIRONMENTS_FOLDER = 'environments'
/** Standard output and error of a daemon that the command line started, in the state directory. */
export const DAEMON_OUTPUT_FILE = 'logs/daemon.out'

/**
 * The state directory that daemon and clients share: `MINIPAAS_HOME`, else the platform's place for the state of
 * a user's programs. Source: XDG Base Directory Specification, XDG_STATE_HOME (a relative value is ignored).
 */
export function homeDirectory(source: HomeSource): string {
  const { env, platform, userHome } = source
  const chosen = env.MINIPAAS_HOME
  if (chosen !== undefined && chosen !== '') return chosen
  if (platform === 'win32') return `${env.LOCALAPPDATA || `${userHome}\\AppData\\Local`}\\minipaas\\state`
  if (platform === 'darwin') return `${userHome}/Library/Application Support/minipaas`
  const state = env.XDG_STATE_HOME
  return `${state?.startsWith('/') === true ? state : `${userHome}/.local/state`}/minipaas`
}
