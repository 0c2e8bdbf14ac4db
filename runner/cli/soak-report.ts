import type { SoakOutcome } from '../questions/soak/soak.ts'
import { type TextColumn, textTable } from '../report/text-table.ts'
import { numberColumns, textColumns } from '../result/answer.ts'
import { formatNumber } from '../result/format.ts'

const MEBIBYTE = 2 ** 20
const columns = [
  ...textColumns('what'),
  ...numberColumns('first', 'last', 'change per hour'),
  ...textColumns('allowed', ''),
] as const satisfies readonly TextColumn[]

/** What a soak has found, for a terminal or a pipe. */
export function renderSoak({ rounds, figures, crowd }: SoakOutcome): string {
  const rows = figures.map(({ title, unit, first, last, slopePerHour, allowedPerHour, negligible, holds }) => [
    `${title}, ${unit}`,
    ...[first, last, slopePerHour].map((value) => formatNumber(value, 1)),
    `±${formatNumber(allowedPerHour, 0)}, or ${formatNumber(negligible, 1)} in all`,
    holds ? 'holds' : 'DOES NOT HOLD',
  ])
  const bytes = (value: number | null) => (value === null ? '?' : formatNumber(value / MEBIBYTE, 0))
  return [
    `${rounds} rounds; the first quarter of the time does not count`,
    ...textTable(columns, rows),
    `${crowd.cells} cells of 40 apps and the baseline: ${crowd.measured} measured; runner ${bytes(crowd.runnerBytes)} MiB, load generator ${bytes(crowd.loadBytes)} MiB`,
    `Verdict: ${soakHolds({ rounds, figures, crowd }) ? 'holds' : 'does not hold'}.`,
    '',
  ].join('\n')
}

/** Nothing grows, and very many apps are no problem. */
export function soakHolds({ figures, crowd }: SoakOutcome): boolean {
  return figures.length > 0 && figures.every(({ holds }) => holds) && crowd.measured === crowd.cells
}
