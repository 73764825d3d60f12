/** The heads that `fineTune` knows, by name; what each does stands in `head-methods.ts`. */
export const headMethodNames = ['linear', 'prototype', 'nearest'] as const

/** 'linear', 'prototype' or 'nearest'. */
export type HeadName = (typeof headMethodNames)[number]
