import type { OptionRow } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { chosenFrom, folder, list, number, wholeNumber } from '../../result/option-values.ts'
import type { PartId } from './data.ts'

/** The options of `calibrate`, all of them with a value. */
export interface CalibrateOptions {
  /** Of a whole calibration; a part takes its share of it, whether or not the others are measured. */
  readonly minutes: number
  readonly parts: readonly PartId[]
  readonly seed: number
  /** Where every calibration gets a folder of its own. */
  readonly out: string
  /** Where the page is made from. */
  readonly published: string
  /** Where the page goes. */
  readonly docs: string
  /** Only makes the page. */
  readonly page: boolean
}

const DEFAULTS = { minutes: 60, out: 'results', published: 'results/published/calibration', docs: 'docs' } as const
const LIMITS = { least: 0.1, most: 24 * 60 }
/**
 * Every part, in the order of measuring. The suite's own cost comes first, because the memory of the runner is a part of it, and making
 * pages takes memory.
 */
export const partIds = [
  'cost',
  'outside',
  'warm-up',
  'identical',
  'planted',
  'kinds',
  'invariance',
  'today',
] as const satisfies readonly PartId[]

export const calibrateOptions: readonly OptionRow[] = [
  {
    flags: '--minutes <n>',
    description: 'time of a whole calibration; every part takes its share of it',
    shownDefault: String(DEFAULTS.minutes),
    parse: number('--minutes', LIMITS.least, LIMITS.most),
  },
  {
    flags: '--parts <list>',
    description: `parts to measure: ${partIds.join(', ')}`,
    shownDefault: 'all of them',
    parse: (text) => list(text).map((name) => chosenFrom('part', partIds, name)),
  },
  {
    flags: '--page',
    description: 'measure nothing, make the page again from what is published',
    shownDefault: 'off',
  },
  {
    flags: '--seed <n>',
    description: 'repeats the random order of an earlier calibration',
    shownDefault: 'from the clock',
    parse: wholeNumber('--seed', 0, 2 ** 32 - 1),
  },
  { flags: '--out <folder>', description: 'where calibrations are written', shownDefault: DEFAULTS.out, parse: folder('--out') },
  {
    flags: '--published <folder>',
    description: 'where finished parts are kept for the page',
    shownDefault: DEFAULTS.published,
    parse: folder('--published'),
  },
  { flags: '--docs <folder>', description: 'where the page is written', shownDefault: DEFAULTS.docs, parse: folder('--docs') },
]

/** Fills in what was not given. @throws UserError for options that contradict each other */
export function withCalibrateDefaults(given: Partial<CalibrateOptions>, freshSeed: number): CalibrateOptions {
  const { page = false } = given
  const idle = (['parts', 'minutes', 'seed'] as const).find((name) => page && given[name] !== undefined)
  if (idle !== undefined) {
    throw new UserError('bad-value', `--page measures nothing, so --${idle} has no meaning beside it`, {
      hint: 'leave one of the two out',
    })
  }
  return { ...DEFAULTS, parts: partIds, seed: freshSeed, ...given, page }
}
