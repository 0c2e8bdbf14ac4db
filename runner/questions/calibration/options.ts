import { numeric, option } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { chosenFrom, folder, list, listOfWholeNumbers, number, wholeNumber } from '../../result/option-values.ts'
import type { PartId } from './data.ts'

/**
 * Every part, in the order of measuring. The suite's own cost comes first, because the memory of the runner is a part of it, and making
 * pages takes memory.
 */
export const partIds: readonly PartId[] = [
  'cost',
  'outside',
  'warm-up',
  'identical',
  'planted',
  'kinds',
  'invariance',
  'today',
  'load-generators',
]

const MOST_MINUTES = 24 * 60
const parts = (text: string) => list(text).map((name) => chosenFrom('part', partIds, name))

/** By the names of their values. `usual` holds when none is given, but for the seed. */
const rows = {
  /** Of a whole calibration; a part takes its share of it, whether or not the others are measured. */
  minutes: numeric(
    '--minutes <n>',
    'time of a whole calibration; every part takes its share of it',
    [number, 0.1, MOST_MINUTES],
    60,
  ),
  parts: option('--parts <list>', `parts to measure: ${partIds.join(', ')}`, parts, partIds, 'all of them'),
  /** Of the usual procedures, beside which the suite is put; seconds. */
  lengths: option(
    '--lengths <list>',
    'seconds a repetition takes in the part today; long ones only if there is time for two of each',
    listOfWholeNumbers('--lengths', 10, 1200),
    [45, 300] as readonly number[],
  ),
  /** Only makes the page. */
  page: option('--page', 'measure nothing, make the page again from what is published', undefined, false, 'off'),
  seed: numeric(
    '--seed <n>',
    'repeats the random order of an earlier calibration',
    [wholeNumber, 0, 2 ** 32 - 1],
    0,
    'from the clock',
  ),
  /** Where every calibration gets a folder of its own. */
  out: option('--out <folder>', 'where calibrations are written', folder('--out'), 'results'),
  /** Where the page is made from. */
  published: option(
    '--published <folder>',
    'where finished parts are kept for the page',
    folder('--published'),
    'results/published/calibration',
  ),
  docs: option('--docs <folder>', 'where the page is written', folder('--docs'), 'docs'),
}

/** The options of `calibrate`, all of them with a value. */
export type CalibrateOptions = { readonly [Name in keyof typeof rows]: (typeof rows)[Name]['usual'] }

export const calibrateOptions = Object.values(rows)

/** Fills in what was not given. @throws UserError for options that contradict each other */
export function withCalibrateDefaults(given: Partial<CalibrateOptions>, freshSeed: number): CalibrateOptions {
  const idle = (['parts', 'minutes', 'lengths', 'seed'] as const).find((name) => given.page && given[name] !== undefined)
  if (idle !== undefined) {
    throw new UserError('bad-value', `--page measures nothing, so --${idle} has no meaning beside it`, {
      hint: 'leave one of the two out',
    })
  }
  const usual = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row.usual])) as CalibrateOptions
  return { ...usual, seed: freshSeed, ...given }
}
