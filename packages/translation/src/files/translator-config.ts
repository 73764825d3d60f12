import { z } from 'zod'

const id = z.number().int().nonnegative()
const ids = z.union([id, z.array(id).min(1)])

/** What is needed of `config.json` and `generation_config.json`; the latter counts where both say it. */
export const configSchema = z.object({
  model_type: z.string().default(''),
  is_encoder_decoder: z.boolean().default(false),
  architectures: z.array(z.string()).nullish(),
  vocab_size: id.nullish(),
  decoder_vocab_size: id.nullish(),
  share_encoder_decoder_embeddings: z.boolean().nullish(),
  max_position_embeddings: id.nullish(),
  n_positions: id.nullish(),
  max_length: id.nullish(),
  num_beams: id.nullish(),
  length_penalty: z.number().nullish(),
  no_repeat_ngram_size: id.nullish(),
  repetition_penalty: z.number().positive().nullish(),
  pad_token_id: id.nullish(),
  eos_token_id: ids.nullish(),
  bos_token_id: id.nullish(),
  decoder_start_token_id: id.nullish(),
  forced_bos_token_id: id.nullish(),
  bad_words_ids: z.array(z.array(id)).nullish(),
  prefix: z.string().nullish(),
  task_specific_params: z.record(z.string(), z.looseObject({ prefix: z.string().nullish() }).nullish()).nullish(),
  suppress_tokens: z.array(id).nullish(),
})

/** Settings of a translator. */
export type TranslatorConfig = z.output<typeof configSchema>
