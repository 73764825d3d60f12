/** How a picture is brought to a size. */
export interface Sizing {
  readonly height: number
  readonly width: number
  /**
   * 'crop': scaled until it covers the size, then its center. 'squash': scaled in each direction, whatever becomes of its
   * proportions. 'pad': scaled until it fits in, the rest black.
   */
  readonly resize: 'crop' | 'squash' | 'pad'
  /** The share that is kept in each direction, from the middle, of what covers the size or was squashed; not where it is padded. */
  readonly cropFraction: number
  /** How pixels are weighted; each is stretched where a picture is made smaller, so that all its pixels count. */
  readonly kernel: 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3'
}
