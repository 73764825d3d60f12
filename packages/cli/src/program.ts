import { folderFormat } from '@headstart/core'
import type { ColumnRole } from '@headstart/recommender'
import { Command, InvalidArgumentError, Option } from 'commander'
import { addBackboneCommand, backboneCommand, backbonesCommand } from './backbones.js'
import { compareCommand } from './compare.js'
import { evaluateCommand } from './evaluate.js'
import { methodNames } from './method-names.js'
import { names } from './names.js'
import { number, wholeNumber, wholeNumbers } from './numbers.js'
import { predictCommand } from './predict.js'
import { recommendCommand } from './recommend.js'
import {
  compareShopCommand,
  evaluateShopCommand,
  recommenderFormat,
  recommenderNames,
  recommendTask,
  trainShopCommand,
} from './shop-commands.js'
import { tasks } from './tasks.js'
import { trainCommand } from './train.js'
import { withTuning } from './tuning-flags.js'
import { version } from './version.js'

/** The command line. @param signal Aborted by Ctrl-C. */
export function createProgram(signal: AbortSignal): Command {
  const program = new Command('headstart')
    .description('Fine-tune a pre-trained network on your own examples: frozen backbone, trained head.')
    .version(version)
    .showHelpAfterError('(headstart --help and headstart COMMAND --help tell more)')
    .exitOverride()

  const task = (): Option =>
    new Option('--task <task>', 'kind of input').choices([...Object.keys(tasks), recommendTask]).makeOptionMandatory()
  const withColumns = (command: Command): Command =>
    command
      .option('--label-column <name>', 'column of the label (default: label, or a like name)')
      .option('--text-column <name>', 'column of the text (default: text, or a like name)')
      .option('--path-column <name>', 'column of the path of a picture (default: path, or a like name)')
      .addOption(
        new Option('--format <format>', 'format of DATA where it is a file (default: from its ending)').choices([
          'csv',
          'tsv',
          'jsonl',
        ]),
      )
  const withShopColumns = (command: Command): Command =>
    command.option(
      '--column <role=name>',
      `for ${recommendTask}: a column by another name, such as user=who; can be repeated`,
      columnName,
      {},
    )
  const dataHelp =
    'labeled examples: a file; for pictures also a folder with one folder for each class; for recommend a folder with interactions.csv and items.csv'
  const backboneHelp = 'pre-trained network: one of the list (see: headstart backbones), an id on the hub, or a folder'
  const repeatsHelp = `for ${recommendTask}: what is taken again counts, and can be recommended again, as in groceries`
  const json = '--json'
  const jsonHelp = 'print one JSON object on stdout and nothing else there'

  withTuning(withShopColumns(withColumns(program.command('train'))))
    .description('train a head on a frozen backbone, or tune its last stages as well, and save the model')
    .argument('[data]', dataHelp)
    .addOption(task())
    .option('--backbone <id>', backboneHelp)
    .option('--labels <names>', 'names of the classes, separated by commas, in place of examples', names)
    .option('--template <text>', 'with --labels: the text that stands for a class, such as "This is about {label}."')
    .option('--out <folder>', 'where to save the model', 'headstart-model')
    .option('--seed <n>', 'seed of everything random', wholeNumber, 0)
    .option('--l2 <strength>', 'regularization (default: chosen by cross-validation)', number)
    .option('--balanced', 'weigh classes inversely to their frequency')
    .option('--repeats', repeatsHelp)
    .option(
      '--methods <list>',
      `for recommend: choose from some of ${recommenderNames.join(', ')}, separated by commas (the first four are quick)`,
      names,
    )
    .option('--resume', 'go on with a tuning that was interrupted, from its last checkpoint')
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action((data, options, command: Command) =>
      options.task === recommendTask
        ? trainShopCommand(data, options, command, signal)
        : trainCommand(data, options, signal),
    )

  withShopColumns(withColumns(program.command('evaluate')))
    .description('measure a saved model on labeled examples')
    .argument('<model>', 'folder of the model')
    .argument('<data>', dataHelp)
    .addOption(
      new Option('--task <task>', 'kind of input (default: what the model is for)').choices([
        ...Object.keys(tasks),
        recommendTask,
      ]),
    )
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action(async (model, data, options, command: Command) =>
      options.task === recommendTask ||
      (options.task === undefined && (await folderFormat(model)) === recommenderFormat)
        ? evaluateShopCommand(model, data, options, command, signal)
        : evaluateCommand(model, data, options, signal),
    )

  program
    .command('predict')
    .description('classify inputs')
    .argument('<model>', 'folder of the model')
    .argument('[input...]', 'texts, or paths of pictures; - reads one a line from stdin and writes one JSON a line')
    .option(json, 'print one JSON object per input, each on its line')
    .action((model, inputs, options) => predictCommand(model, inputs, options, signal))

  program
    .command('recommend')
    .description('recommend items to somebody who took others')
    .argument('<model>', 'folder of a model that was trained with --task recommend')
    .option(
      '--history <ids>',
      'ids of what was taken, oldest first, as a line of CSV; can be repeated (default: nothing, which gives popular items)',
      collect,
      [],
    )
    .option('--k <n>', 'length of the list', wholeNumber, 10)
    .option('--explain', 'say which items of the history carried each recommendation, as is seen by taking them out')
    .option('--diversity <share>', 'from 0, the highest scores, to 1, items as unlike each other as can be', number, 0)
    .option('--repeats', 'recommend what was taken before as well (default: as the model was trained)')
    .option('--no-repeats', 'leave out what was taken before')
    .option('--category <name>', 'only items of this category')
    .option(json, jsonHelp)
    .action((model, options) => recommendCommand(model, options, signal))

  withTuning(withShopColumns(withColumns(program.command('compare'))))
    .description('measure what transfer learning is worth on your data')
    .argument('<data>', dataHelp)
    .addOption(task())
    .option('--backbone <id>', backboneHelp)
    .option('--shots <list>', 'examples per class, separated by commas', wholeNumbers, [8, 16, 64])
    .option('--seeds <n>', 'random draws of the training examples', wholeNumber, 5)
    .option(
      '--methods <list>',
      `only some of ${methodNames.join(', ')}, separated by commas (zero-shot, no-transfer and frozen are quick); for recommend of ${recommenderNames.join(', ')}`,
      names,
    )
    .option('--repeats', repeatsHelp)
    .option('--test <data>', 'measure on these examples (default: 30 % of DATA, held out)')
    .option('--unseen <data>', 'measure on these examples of a domain never trained on, too')
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action((data, options, command: Command) =>
      options.task === recommendTask
        ? compareShopCommand(data, options, command, signal)
        : compareCommand(data, options, signal),
    )

  const backbones = program
    .command('backbones')
    .description('list the pre-trained networks, or the stages of one of them')
    .argument('[id]', 'one of the list, an id on the hub (org/name), or the path of a folder')
    .addOption(
      new Option('--task <task>', 'kind of input (default: from the list, else text)').choices(Object.keys(tasks)),
    )
    .option(json, jsonHelp)
    .action((id, options) => (id === undefined ? backbonesCommand(options) : backboneCommand(id, options, signal)))
  backbones
    .command('add')
    .description('fetch a published network, or its newest version, ahead of time')
    .argument('<id>', 'id on the hub (org/name)')
    .option(json, jsonHelp)
    .action((id, _, command: Command) => addBackboneCommand(id, command.optsWithGlobals(), signal))

  return program
}

/** A flag that can be given several times. */
function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value]
}

/** A flag's value as the name of a column of a shop's tables. */
function columnName(text: string, earlier: object): object {
  const [, role, name] = /^([a-z]+)=(.+)$/.exec(text) ?? []
  if (role === undefined || !columnRoles.includes(role))
    throw new InvalidArgumentError(`Expected one of ${columnRoles.join(', ')}, an = and the name of a column.`)
  return { ...earlier, [role]: name }
}

const columnRoles: readonly string[] = [
  'user',
  'item',
  'timestamp',
  'rating',
  'quantity',
  'title',
  'price',
  'category',
] satisfies ColumnRole[]
