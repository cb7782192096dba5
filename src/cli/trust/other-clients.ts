import type { AuthorityFile, TrustTools } from './trust-tools.ts'

/** Programs that have a list of their own, and what adds the authority to it: one line each. */
export function otherClients(authority: AuthorityFile, tools: TrustTools): readonly (readonly [client: string, how: string])[] {
  const path = shellWord(authority.path)
  const isLinux = tools.platform === 'linux'
  return [
    ...(isLinux
      ? ([['Chromium, Chrome', `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n minipaas -i ${path}   (package libnss3-tools)`]] as const)
      : []),
    ['Firefox', isLinux ? 'Settings > Certificates > Authorities > Import' : 'about:config, security.enterprise_roots.enabled = true'],
    ['Node.js', tools.platform === 'win32' ? `set NODE_EXTRA_CA_CERTS=${authority.path}` : `export NODE_EXTRA_CA_CERTS=${path}`],
    // Its variable would replace the whole list.
    ['Python requests', `requests.get(..., verify=${JSON.stringify(authority.path)})`],
    ['Java', `keytool -importcert -noprompt -cacerts -storepass changeit -alias minipaas -file ${path}`],
    ['curl', `curl --cacert ${path} https://...`],
    ['your containers', 'do not trust it: in-app calls stay plain HTTP, as inside a cluster'],
  ]
}

/** A command as a person may type it. */
export function commandLine(command: readonly string[]): string {
  return command.map(shellWord).join(' ')
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`
}
