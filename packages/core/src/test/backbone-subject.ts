import type { Backbone, TunableBackbone } from '../contract/backbone.js'
import type { PreprocessingLoader } from '../model/model-from.js'

/** What `testBackbone` is told of a backbone. */
export interface BackboneCase<Input> {
  /** Makes the backbone; called twice, to see that both are the same. */
  create(): Backbone<Input> | Promise<Backbone<Input>>
  /** Two or more, of different content and size; plain data, so that a change of them is noticed. */
  readonly inputs: readonly Input[]
  /** Makes a saved preprocessing again. Give it for a `TunableBackbone`: its network is tested, too. */
  readonly loader?: PreprocessingLoader<Input>
  /** Largest difference between features that should be equal, where rounding may differ. Default 1e-5. */
  readonly atol?: number
}

/** A backbone under test, and what to test it with. */
export interface BackboneSubject<Input = unknown> {
  readonly backbone: Backbone<Input>
  /** The same backbone, made a second time. */
  readonly again: Backbone<Input>
  readonly inputs: readonly Input[]
  readonly loader: PreprocessingLoader<Input> | undefined
  readonly atol: number
}

/** A tunable backbone under test. */
export interface TunableSubject<Input = unknown> extends BackboneSubject<Input> {
  readonly backbone: TunableBackbone<Input>
  readonly loader: PreprocessingLoader<Input>
}

/** One rule of the contract: resolves where it is kept, else rejects and says how it is broken. */
export type Check<Subject> = (subject: Subject) => Promise<void>
