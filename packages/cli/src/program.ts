import { Command, Option } from 'commander'
import { addBackboneCommand, backboneCommand, backbonesCommand } from './backbones.js'
import { compareCommand } from './compare.js'
import { evaluateCommand } from './evaluate.js'
import { methodNames, methods } from './method-names.js'
import { names } from './names.js'
import { number, wholeNumber, wholeNumbers } from './numbers.js'
import { predictCommand } from './predict.js'
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
    new Option('--task <task>', 'kind of input').choices(Object.keys(tasks)).makeOptionMandatory()
  const withColumns = (command: Command): Command =>
    command
      .option('--label-column <name>', 'column of the label (default: label, or a like name)')
      .option('--text-column <name>', 'column of the text (default: text, or a like name)')
      .option('--path-column <name>', 'column of the path of a picture (default: path, or a like name)')
      .addOption(new Option('--format <format>', 'format of DATA where it is a file (default: from its ending)').choices(['csv', 'tsv', 'jsonl']))
  const backboneHelp = 'pre-trained network: one of the list (see: headstart backbones), an id on the hub, or a folder'
  const json = '--json'
  const jsonHelp = 'print one JSON object on stdout and nothing else there'

  withTuning(withColumns(program.command('train')))
    .description('train a head on a frozen backbone, or tune its last stages as well, and save the model')
    .argument('[data]', 'labelled examples: a file; for pictures also a folder with one folder for each class')
    .addOption(task())
    .option('--backbone <id>', backboneHelp)
    .option('--labels <names>', 'names of the classes, separated by commas, in place of examples', names)
    .option('--template <text>', 'with --labels: the text that stands for a class, such as "This is about {label}."')
    .option('--out <folder>', 'where to save the model', 'headstart-model')
    .option('--seed <n>', 'seed of everything random', wholeNumber, 0)
    .option('--l2 <strength>', 'regularisation (default: chosen by cross-validation)', number)
    .option('--balanced', 'weigh classes inversely to their frequency')
    .option('--resume', 'go on with a tuning that was interrupted, from its last checkpoint')
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action((data, options) => trainCommand(data, options, signal))

  withColumns(program.command('evaluate'))
    .description('measure a saved model on labelled examples')
    .argument('<model>', 'folder of the model')
    .argument('<data>', 'labelled examples: a file; for pictures also a folder with one folder for each class')
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action((model, data, options) => evaluateCommand(model, data, options, signal))

  program
    .command('predict')
    .description('classify inputs')
    .argument('<model>', 'folder of the model')
    .argument('[input...]', 'texts, or paths of pictures; - reads one a line from stdin and writes one JSON a line')
    .option(json, 'print one JSON object per input, each on its line')
    .action((model, inputs, options) => predictCommand(model, inputs, options, signal))

  withTuning(withColumns(program.command('compare')))
    .description('measure what transfer learning is worth on your data')
    .argument('<data>', 'labelled examples: a file; for pictures also a folder with one folder for each class')
    .addOption(task())
    .option('--backbone <id>', backboneHelp)
    .option('--shots <list>', 'examples per class, separated by commas', wholeNumbers, [8, 16, 64])
    .option('--seeds <n>', 'random draws of the training examples', wholeNumber, 5)
    .option('--methods <list>', `only some of ${methodNames.join(', ')}, separated by commas (zero-shot, no-transfer and frozen are quick)`, methods)
    .option('--test <data>', 'measure on these examples (default: 30 % of DATA, held out)')
    .option('--unseen <data>', 'measure on these examples of a domain never trained on, too')
    .option('--no-cache', 'neither read nor write the feature cache')
    .option(json, jsonHelp)
    .action((data, options) => compareCommand(data, options, signal))

  const backbones = program
    .command('backbones')
    .description('list the pre-trained networks, or the stages of one of them')
    .argument('[id]', 'one of the list, an id on the hub (org/name), or the path of a folder')
    .addOption(new Option('--task <task>', 'kind of input (default: from the list, else text)').choices(Object.keys(tasks)))
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
