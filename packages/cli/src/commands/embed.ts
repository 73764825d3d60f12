import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AnyTask } from '@headstart/core'
import type { Command } from 'commander'
import type { Session } from '../console/terminal.js'
import { withFlags } from '../flags.js'
import { taskCommand, taskOption } from './common.js'
import { runSharded, type ShardedFlags, withSharding } from './sharded.js'

interface EmbedFlags extends ShardedFlags {
  readonly backbone?: string
}

/** `headstart embed DATA --out FOLDER`: features of inputs by a pre-trained network, in shards, on one machine or many. */
export function embedCommand(task: AnyTask | undefined, session: Session): Command {
  const command = taskCommand(
    'embed',
    task,
    [
      'embed reviews.csv --task text --out features',
      'embed reviews.csv --task text --out features --queue redis://localhost',
    ],
    ({ name }) => [`embed DATA --task ${name} --out features`],
  )
    .description('compute the features of many inputs, in shards')
    .argument('<data>', 'a file or folder of inputs; of a table also its address: https://..., s3://bucket/key')
    .addOption(taskOption(session))
    .requiredOption('--out <folder>', 'where to write them, as Parquet')
  if (task) {
    command.option('--backbone <id>', 'pre-trained network: one of the list (see: headstart backbones), or published')
    withFlags(command, [task.queries?.options.shape ?? {}])
  }
  return withSharding(command)
    .option('--json', 'print one JSON object on stdout and nothing else there')
    .action((place: string, flags: EmbedFlags) => {
      const { backbone } = flags
      // Workers stand elsewhere.
      const model = backbone !== undefined && existsSync(backbone) ? resolve(backbone) : backbone
      return runSharded({ kind: 'embed', task: task as AnyTask, model, place }, flags, session)
    })
}
