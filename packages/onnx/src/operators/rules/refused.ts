/** Operators that have a derivative which is not written here, or none that training could use, with the reason. */
import { branching, cached, control, quantized, rare } from '../reasons.js'

/** `branchesOnTheWay` puts the branch in its place that feeds take. */
export const If = branching
export const Loop = control
export const Scan = control

export const ConvInteger = quantized('numbers')
export const DequantizeLinear = quantized('numbers')
export const DynamicQuantizeLinear = quantized('quantized')
export const MatMulInteger = quantized('numbers')
export const QLinearConv = quantized('quantized')
export const QLinearMatMul = quantized('quantized', 'MatMul', 2)
export const QuantizeLinear = quantized('quantized')

export const TensorScatter = cached

export const AffineGrid = rare
export const BitCast = rare
export const CenterCropPad = rare
export const Col2Im = rare
export const Compress: typeof rare = { ...rare, data: 'moved' }
export const CumProd = rare
export const DFT = rare
export const DeformConv = rare
export const Det = rare
export const GlobalLpPool = rare
export const LpPool = rare
export const MaxRoiPool = rare
export const MaxUnpool = rare
export const RoiAlign = rare
export const STFT = rare
/** Before version 11; it is upgraded to ScatterElements. */
export const Scatter = rare
export const Shrink = rare
export const Unique = rare
/** Before version 10; it is upgraded to Resize. */
export const Upsample = rare
