import type { SoakOutcome } from '../questions/soak/soak.ts'
import { numbers, paragraph, texts, textTable } from '../report/document.ts'
import { toTerminal } from '../report/terminal.ts'
import { formatNumber } from '../result/format.ts'

const MEBIBYTE = 2 ** 20

/** What a soak has found, for a terminal or a pipe. */
export function renderSoak(outcome: SoakOutcome): string {
  const { rounds, figures, crowd } = outcome
  const bytes = (value: number | null) => (value === null ? '?' : formatNumber(value / MEBIBYTE, 0))
  const blocks = [
    paragraph(`${rounds} rounds; the first quarter of the time does not count`),
    textTable(figures, [
      texts('what', ({ title, unit }) => `${title}, ${unit}`),
      numbers('first', ({ first }) => formatNumber(first, 1)),
      numbers('last', ({ last }) => formatNumber(last, 1)),
      numbers('change per hour', ({ slopePerHour }) => formatNumber(slopePerHour, 1)),
      texts(
        'allowed',
        ({ allowedPerHour, negligible }) => `±${formatNumber(allowedPerHour, 0)}, or ${formatNumber(negligible, 1)} in all`,
      ),
      texts('', ({ holds }) => (holds ? 'holds' : 'DOES NOT HOLD')),
    ]),
    paragraph(
      `${crowd.cells} cells of 40 apps and the baseline: ${crowd.measured} measured; runner ${bytes(crowd.runnerBytes)} MiB, load generator ${bytes(crowd.loadBytes)} MiB`,
    ),
    paragraph(`Verdict: ${soakHolds(outcome) ? 'holds' : 'does not hold'}.`),
  ]
  return toTerminal([{ blocks }])
}

/** Nothing grows, and very many apps are no problem. */
export function soakHolds({ figures, crowd }: SoakOutcome): boolean {
  return figures.length > 0 && figures.every(({ holds }) => holds) && crowd.measured === crowd.cells
}
