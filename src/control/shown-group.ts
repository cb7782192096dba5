import type { Step } from '../model/step.ts'

/** Whose progress line shows a step: its component's, or that of the image that several components may share. */
export function shownGroup({ action, group }: Step): { readonly group?: string } {
  if (group !== undefined) return { group }
  switch (action.do) {
    case 'pullImage':
    case 'buildImage':
      return { group: action.ref }
    default:
      return {}
  }
}
