/**
 * The standard operators up to version 24, without those on sequences and optional values: each must have an entry in the
 * table of rules.
 */
export type StandardOperator =
  | 'Abs' | 'Acos' | 'Acosh' | 'Add' | 'AffineGrid' | 'And' | 'ArgMax' | 'ArgMin' | 'Asin' | 'Asinh' | 'Atan' | 'Atanh'
  | 'Attention' | 'AveragePool' | 'BatchNormalization' | 'Bernoulli' | 'BitCast' | 'BitShift' | 'BitwiseAnd' | 'BitwiseNot'
  | 'BitwiseOr' | 'BitwiseXor' | 'BlackmanWindow' | 'Cast' | 'CastLike' | 'Ceil' | 'Celu' | 'CenterCropPad' | 'Clip'
  | 'Col2Im' | 'Compress' | 'Concat' | 'Constant' | 'ConstantOfShape' | 'Conv' | 'ConvInteger' | 'ConvTranspose' | 'Cos'
  | 'Cosh' | 'CumProd' | 'CumSum' | 'DFT' | 'DeformConv' | 'DepthToSpace' | 'DequantizeLinear' | 'Det' | 'Div' | 'Dropout'
  | 'DynamicQuantizeLinear' | 'Einsum' | 'Elu' | 'Equal' | 'Erf' | 'Exp' | 'Expand' | 'EyeLike' | 'Flatten' | 'Floor' | 'GRU'
  | 'Gather' | 'GatherElements' | 'GatherND' | 'Gelu' | 'Gemm' | 'GlobalAveragePool' | 'GlobalLpPool' | 'GlobalMaxPool'
  | 'Greater' | 'GreaterOrEqual' | 'GridSample' | 'GroupNormalization' | 'HammingWindow' | 'HannWindow' | 'HardSigmoid'
  | 'HardSwish' | 'Hardmax' | 'Identity' | 'If' | 'InstanceNormalization' | 'IsInf' | 'IsNaN' | 'LRN' | 'LSTM'
  | 'LayerNormalization' | 'LeakyRelu' | 'Less' | 'LessOrEqual' | 'Log' | 'LogSoftmax' | 'Loop' | 'LpNormalization' | 'LpPool'
  | 'MatMul' | 'MatMulInteger' | 'Max' | 'MaxPool' | 'MaxRoiPool' | 'MaxUnpool' | 'Mean' | 'MeanVarianceNormalization'
  | 'MelWeightMatrix' | 'Min' | 'Mish' | 'Mod' | 'Mul' | 'Multinomial' | 'Neg' | 'NegativeLogLikelihoodLoss'
  | 'NonMaxSuppression' | 'NonZero' | 'Not' | 'OneHot' | 'Or' | 'PRelu' | 'Pad' | 'Pow' | 'QLinearConv' | 'QLinearMatMul'
  | 'QuantizeLinear' | 'RMSNormalization' | 'RNN' | 'RandomNormal' | 'RandomNormalLike' | 'RandomUniform'
  | 'RandomUniformLike' | 'Range' | 'Reciprocal' | 'ReduceL1' | 'ReduceL2' | 'ReduceLogSum' | 'ReduceLogSumExp' | 'ReduceMax'
  | 'ReduceMean' | 'ReduceMin' | 'ReduceProd' | 'ReduceSum' | 'ReduceSumSquare' | 'Relu' | 'Reshape' | 'Resize'
  | 'ReverseSequence' | 'RoiAlign' | 'RotaryEmbedding' | 'Round' | 'STFT' | 'Scan' | 'Scatter' | 'ScatterElements'
  | 'ScatterND' | 'Selu' | 'Shape' | 'Shrink' | 'Sigmoid' | 'Sign' | 'SimplifiedLayerNormalization' | 'Sin' | 'Sinh' | 'Size'
  | 'Slice' | 'Softmax' | 'SoftmaxCrossEntropyLoss' | 'Softplus' | 'Softsign' | 'SpaceToDepth' | 'Split' | 'Sqrt' | 'Squeeze'
  | 'Sub' | 'Sum' | 'Swish' | 'Tan' | 'Tanh' | 'TensorScatter' | 'TfIdfVectorizer' | 'ThresholdedRelu' | 'Tile' | 'TopK'
  | 'Transpose' | 'Trilu' | 'Unique' | 'Unsqueeze' | 'Upsample' | 'Where' | 'Xor'

/** Operators of com.microsoft that exported transformers, and networks optimised or quantised by onnxruntime, are made of. */
export type MicrosoftOperator =
  | 'Attention' | 'BiasGelu' | 'DynamicQuantizeMatMul' | 'EmbedLayerNormalization' | 'FastGelu' | 'FusedConv' | 'FusedGemm'
  | 'FusedMatMul' | 'GatherBlockQuantized' | 'Gelu' | 'GroupQueryAttention' | 'MatMulIntegerToFloat' | 'MatMulNBits' | 'MoE'
  | 'MultiHeadAttention' | 'NhwcMaxPool' | 'QAttention' | 'QEmbedLayerNormalization' | 'QGemm' | 'QLinearAdd'
  | 'QLinearAveragePool' | 'QLinearConcat' | 'QLinearConv' | 'QLinearGlobalAveragePool' | 'QLinearLeakyRelu' | 'QLinearMul'
  | 'QLinearSigmoid' | 'QLinearSoftmax' | 'QLinearWhere' | 'QuickGelu' | 'RotaryEmbedding' | 'SkipLayerNormalization'
  | 'SkipSimplifiedLayerNormalization'
