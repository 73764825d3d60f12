import { kept } from './kept.js'

/** What is gone through while labeling: examples without a label, or labels that look wrong. */
export const queueKind = kept<'next' | 'suspects'>('label-queue', 'next')
