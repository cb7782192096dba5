import pc from 'picocolors'

/** Colours for text; the identity where colours are off. */
export type Paint = ReturnType<typeof pc.createColors>

export function createPaint(colours: 'on' | 'off'): Paint {
  return pc.createColors(colours === 'on')
}
