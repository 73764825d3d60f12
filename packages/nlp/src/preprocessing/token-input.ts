/** An input of a text encoder that is made of tokens. */
export interface TokenInput {
  readonly name: 'input_ids' | 'attention_mask' | 'token_type_ids' | 'position_ids'
  readonly type: 'int64' | 'int32'
}
