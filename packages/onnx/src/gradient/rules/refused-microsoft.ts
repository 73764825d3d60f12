/** Operators of onnxruntime's own domain without a rule, with the reason. */
import { cached, quantised, rare } from '../reasons.js'

export const DynamicQuantizeMatMul = quantised
export const GatherBlockQuantized = quantised
export const GroupQueryAttention = cached
export const MatMulIntegerToFloat = quantised
export const MatMulNBits = quantised
export const MoE = rare
export const NhwcMaxPool = quantised
export const QAttention = quantised
export const QEmbedLayerNormalization = quantised
export const QGemm = quantised
export const QLinearAdd = quantised
export const QLinearAveragePool = quantised
export const QLinearConcat = quantised
export const QLinearConv = quantised
export const QLinearGlobalAveragePool = quantised
export const QLinearLeakyRelu = quantised
export const QLinearMul = quantised
export const QLinearSigmoid = quantised
export const QLinearSoftmax = quantised
export const QLinearWhere = quantised
