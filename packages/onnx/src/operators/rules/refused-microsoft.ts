/** Operators of onnxruntime's own domain without a rule, with the reason. */
import { cached, quantized, rare } from '../reasons.js'

export const DynamicQuantizeMatMul = quantized
export const GatherBlockQuantized = quantized
export const GroupQueryAttention = cached
export const MatMulIntegerToFloat = quantized
export const MatMulNBits = quantized
export const MoE = rare
export const NhwcMaxPool = quantized
export const QAttention = quantized
export const QEmbedLayerNormalization = quantized
export const QGemm = quantized
export const QLinearAdd = quantized
export const QLinearAveragePool = quantized
export const QLinearConcat = quantized
export const QLinearConv = quantized
export const QLinearGlobalAveragePool = quantized
export const QLinearLeakyRelu = quantized
export const QLinearMul = quantized
export const QLinearSigmoid = quantized
export const QLinearSoftmax = quantized
export const QLinearWhere = quantized
