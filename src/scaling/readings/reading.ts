/** What a trigger answers at one reading: its value in the metric's own unit and its activity, or why there is none. */
export type Reading =
  | { readonly value: number; readonly active: boolean; readonly error?: never }
  | { readonly error: string; readonly value?: never; readonly active?: never }
