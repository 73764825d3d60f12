/** Operators whose output does not change with their inputs, or only in jumps: nothing flows back through them. */
import { type ZeroGradient, zeroGradient } from '../rule.js'

const discrete = zeroGradient('its output is a truth value or a whole number')
const steps = zeroGradient('its output changes in jumps only')
const fixed = zeroGradient('its output depends on no number put in')
const random = zeroGradient('its output is random')

export const And: ZeroGradient = discrete
export const ArgMax = discrete
export const ArgMin = discrete
export const BitShift = discrete
export const BitwiseAnd = discrete
export const BitwiseNot = discrete
export const BitwiseOr = discrete
export const BitwiseXor = discrete
export const Equal = discrete
export const Greater = discrete
export const GreaterOrEqual = discrete
export const IsInf = discrete
export const IsNaN = discrete
export const Less = discrete
export const LessOrEqual = discrete
export const NonMaxSuppression = discrete
export const NonZero = discrete
export const Not = discrete
export const Or = discrete
export const Shape = discrete
export const Size = discrete
export const Xor = discrete

export const Ceil = steps
export const Floor = steps
export const Hardmax = steps
export const Round = steps
export const Sign = steps

export const BlackmanWindow = fixed
export const Constant = fixed
export const ConstantOfShape = fixed
export const EyeLike = fixed
export const HammingWindow = fixed
export const HannWindow = fixed
export const MelWeightMatrix = fixed
export const Range = fixed
export const TfIdfVectorizer = fixed

export const Bernoulli = random
export const Multinomial = random
export const RandomNormal = random
export const RandomNormalLike = random
export const RandomUniform = random
export const RandomUniformLike = random
