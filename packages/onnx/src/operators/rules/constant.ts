/** Operators whose output does not change with their inputs, or only in jumps: nothing flows back through them. */
import { computed, type Facts, shape } from '../facts.js'
import { type ZeroGradient, zeroGradient } from '../rule.js'

const whole = 'its output is a truth value or a whole number'
const discrete = zeroGradient(computed, whole)
const measured = zeroGradient(shape, whole)
const steps = zeroGradient(computed, 'its output changes in jumps only')
const fixed = zeroGradient(computed, 'its output depends on no number put in')
const random = zeroGradient(computed, 'its output is random')

export const And: Facts & ZeroGradient = discrete
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
export const Shape = measured
export const Size = measured
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
