/**
 * The variables of the daemon that every process gets; nothing else leaks in. Not on the list on purpose:
 * `NODE_OPTIONS` and `NODE_EXTRA_CA_CERTS` (the latter makes each start of Node 20 a tenth of a second slower), credentials, proxies.
 */
const INHERITED_VARIABLES: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TERM',
  // Where version managers and tool chains are.
  'ASDF_DATA_DIR',
  'DOTNET_ROOT',
  'GOPATH',
  'JAVA_HOME',
  'NVM_DIR',
  'PYENV_ROOT',
  'RBENV_ROOT',
  'VOLTA_HOME',
]

/** Without these, programs on Windows do not start. */
const WINDOWS_VARIABLES: readonly string[] = [
  'APPDATA',
  'COMSPEC',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERPROFILE',
]

/** The allowed part of an environment. Names are compared without case on Windows, where `Path` is `PATH`. */
export function inheritedEnvironment(from: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const windows = process.platform === 'win32'
  const allowed = new Set(windows ? [...INHERITED_VARIABLES, ...WINDOWS_VARIABLES] : INHERITED_VARIABLES)
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(from)) {
    const known = windows ? name.toUpperCase() : name
    if (value !== undefined && allowed.has(known)) kept[known] = value
  }
  return kept
}
