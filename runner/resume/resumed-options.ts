import { dirname } from 'node:path'
import { endpointIds } from '../../apps/endpoints.ts'
import { UserError } from '../errors.ts'
import { type DriverId, drivers } from '../load/drivers.ts'
import { chosenFrom } from '../option-values.ts'
import type { CompareOptions } from '../options.ts'
import type { StoppedRun } from './read-stopped-run.ts'

/** What may be said anew: none of it changes what a round is. */
const CHANGEABLE = new Set(['resume', 'maxMinutes', 'json'])
/** For rounds that were asked for by their number. */
const ANY_PRECISION = 1

/**
 * The options of the run that goes on, and a new time limit if one is given.
 * @throws {UserError} `resume-alone` when anything else is asked for; `unknown-endpoint`, `unknown-driver` for a run of another suite
 */
export function resumedOptions({ result, folder, state }: StoppedRun, given: Partial<CompareOptions>): CompareOptions {
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
