/** placeholder */
export interface OverlayContent {}
