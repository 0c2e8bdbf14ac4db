import type { Command } from 'commander'
import { type OptionRow, optionName } from '../measure/options.ts'

/** Values of options by their names, as they were parsed. */
// biome-ignore lint/suspicious/noExplicitAny: commander gives what the rows of the command parse
export type OptionValues = any

/** One command as data; what it does is loaded when it is called, so that --help and mistakes in the call are answered at once. */
export interface CommandRow {
  readonly name: string
  readonly description: string
  /** `<run>`, and what it is. */
  readonly operands?: readonly (readonly [name: string, description: string])[]
  readonly options: readonly OptionRow[]
  /** Shown by --help below the options. */
  readonly help: string
  /**
   * @param texts all options as they were written, by their flags; empty for switches
   * @returns the exit status
   */
  run(values: OptionValues, operands: readonly string[], texts: Readonly<Record<string, string>>): Promise<number>
}

/** @param ended is given the exit status to come */
export function addCommand(parent: Command, row: CommandRow, ended: (status: Promise<number>) => Promise<void>): Command {
  const { name, description, operands = [], options, help, run } = row
  const texts: Record<string, string> = {}
  const command = parent.command(name).description(description).allowExcessArguments(false).addHelpText('after', help)
  for (const operand of operands) command.argument(...operand)
  for (const option of options) addOption(command, option, texts)
  return command.action(async (...given) => ended(run(given[operands.length], given.slice(0, operands.length), texts)))
}

function addOption(command: Command, row: OptionRow, texts: Record<string, string>): void {
  const { flags, description, shownDefault, parse } = row
  const flag = flags.split(' ')[0]!
  const described = shownDefault === undefined ? description : `${description} (default: ${shownDefault})`
  if (parse === undefined) {
    command.option(flags, described).on(`option:${optionName(row)}`, () => {
      texts[flag] = ''
    })
    return
  }
  command.option(flags, described, (text: string) => {
    texts[flag] = text
    return parse(text)
  })
}
