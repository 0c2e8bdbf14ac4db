import { formatEstimate, formatNumber } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import type { Estimate } from '../../statistics/estimate.ts'
import { plain, short } from './phrases.ts'
import { groupRecoveries, type Recovery } from './planted-figures.ts'

/** A row for every work on every base; columns of what was timed in situ where anything was. */
export function plantedTable(recoveries: readonly Recovery[]): string {
  const groups = groupRecoveries(recoveries)
  const timed = groups.some(({ inSitu }) => inSitu !== null)
  const whole = groups.some(({ wholeRequest }) => wholeRequest !== null)
  const number = (head: string) => ({ head, kind: 'number' as const })
  const known = timed ? 'in situ' : 'planted'
  return markdownTable(
    [
      { head: 'on top of', kind: 'text' as const },
      number(timed ? 'planted, timed alone, µs' : 'planted, µs'),
      ...(timed ? [number('timed in situ, µs')] : []),
      number('recovered, µs (median run)'),
      number(`recovered less ${known}, µs`),
      number(`recovered ÷ ${known}`),
      number('intervals that hold it'),
      ...(whole ? [number('whole requests longer in situ, µs'), number('intervals that hold that')] : []),
    ],
    groups.map(({ base, planted, truth, recoveries, usual, inSitu, error, holding, wholeRequest, holdingWhole }) => [
      ...[plain(base), formatNumber(planted, 2)],
      ...(timed ? [inSitu === null ? '–' : withWidth(inSitu)] : []),
      ...[withWidth(usual), formatEstimate(error), formatNumber(usual.value / truth, 3), `${holding} of ${recoveries.length}`],
      ...(whole ? [wholeRequest === null ? '–' : withWidth(wholeRequest), `${holdingWhole} of ${recoveries.length}`] : []),
    ]),
  )
}

/** `5.31 ±0.05` */
function withWidth({ value, high }: Estimate): string {
  return `${formatNumber(value, 2)} ±${short(high - value)}`
}
