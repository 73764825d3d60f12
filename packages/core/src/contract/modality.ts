/** The kinds of raw input that backbones take, and what they are called in messages. */
export const modalities = { image: 'images', text: 'text', behavior: 'user behavior' } as const

/** What kind of raw input a backbone takes. */
export type Modality = keyof typeof modalities
