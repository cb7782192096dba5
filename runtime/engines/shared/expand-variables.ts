/**
 * Replaces `$(NAME)` by the variable; `$$` is a `$`, and what is unknown stays as written.
 * Source: Kubernetes, Container.command and Container.args.
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^()$\s]+)\)/g, (found, name?: string) => {
    if (found === '$$') return '$'
    return (name === undefined ? undefined : variables.get(name)) ?? found
  })
}
