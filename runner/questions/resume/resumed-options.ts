import { dirname } from 'node:path'
import { endpointIds } from '../../../apps/endpoints.ts'
import { type DriverId, drivers } from '../../load/drivers.ts'
import { type CompareOptions, type OptionRow, optionName } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { chosenFrom } from '../../result/option-values.ts'
import type { OwnValues } from '../question.ts'
import type { StoppedRun } from './read-stopped-run.ts'

/** What may be said again: none of it changes what a round is. */
const CHANGEABLE = new Set(['resume', 'maxMinutes', 'json'])
/** For rounds that were requested by their number. */
const ANY_PRECISION = 1

/**
 * The options of the run that goes on, and a new time limit if one is given.
 * @throws {UserError} `resume-alone` when anything else is requested; `unknown-endpoint`, `unknown-driver` for a run of another suite
 */
export function resumedOptions(
  { result, folder, state }: StoppedRun,
  given: Partial<CompareOptions> & OwnValues,
): CompareOptions {
  const other = Object.keys(given).find((name) => !CHANGEABLE.has(name))
  if (other !== undefined) {
    const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UserError('resume-alone', `a run goes on with its own options: --${flag} cannot be given with --resume`, {
      hint: 'only --max-minutes and --json can; start a new run for anything else',
    })
  }
  const { options, seed } = result
  return {
    apps: options.apps,
    endpoints: options.endpoints.map((name) => chosenFrom('endpoint', endpointIds, name)),
    connections: options.connections,
    transport: options.transport,
    precision: options.precisionPercent ?? ANY_PRECISION,
    maxMinutes: given.maxMinutes ?? options.maxMinutes,
    rounds: options.rounds,
    quick: options.quick,
    driver: chosenFrom('driver', Object.keys(drivers) as DriverId[], options.driver),
    seed,
    out: dirname(folder),
    json: given.json ?? false,
    slice: options.sliceMilliseconds,
    blocks: state.blocksPerRound,
    warmUp: state.warmUpMilliseconds / 1000,
  }
}

/** What only the question of the stopped run has been told, parsed again. */
export function resumedValues({ result }: Pick<StoppedRun, 'result'>, rows: readonly OptionRow[]): OwnValues {
  const values = rows.flatMap((row) => {
    const text = result.options.given[row.flags.split(' ')[0]!]
    return text === undefined ? [] : [[optionName(row), row.parse === undefined ? true : row.parse(text)]]
  })
  return Object.fromEntries(values)
}
