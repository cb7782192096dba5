/** The local authority as a person sees it. */
export interface AuthorityFile {
  /** Common name of its certificate. */
  readonly name: string
  /** Its certificate, PEM: this is what others are told to trust. */
  readonly path: string
  /** The certificate itself. */
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
  /** Top-level names that it may vouch for. */
  readonly permitted: readonly string[]
}

/** What `trust` and `doctor` need of the machine. */
export interface TrustTools {
  /** As Node names it. */
  readonly platform: string
  readonly userHome: string
  readonly isRoot: boolean
  /** The authority of the state directory, if there is one. */
  readonly find: () => AuthorityFile | undefined
  /** The same, made when it is missing. */
  readonly ensure: () => AuthorityFile
  readonly exists: (path: string) => boolean
  /** Undefined where it cannot be read. */
  readonly read: (path: string) => string | undefined
  /** Runs a program on this terminal (`show`) or unseen; its exit code, or undefined when it could not be started. */
  readonly run: (command: readonly string[], output: 'show' | 'hide') => Promise<number | undefined>
  /** Asks on the terminal. */
  readonly confirm: (question: string) => Promise<boolean>
}
