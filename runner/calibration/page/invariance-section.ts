import { formatEstimate, formatNumber, formatPlusMinusPercent } from '../../report/format.ts'
import { escapeMarkdown, markdownTable } from '../../report/markdown.ts'
import { listInWords } from '../../report/plain-text.ts'
import type { InvariancePart } from '../data.ts'
import { invarianceFigures, type SettingDifference } from '../invariance-figures.ts'
import { invarianceChart } from './invariance-chart.ts'
import { endpointsOf, factorRows, isOf, largestPossible } from './invariance-rows.ts'
import { count, plain, safe } from './phrases.ts'
import { possibleReasons } from './possible-reasons.ts'
import { type Chart, type Judgement, sectionOf } from './section.ts'

export const invarianceSection = sectionOf('invariance', {
  title: 'Invariance',
  question: 'Does a ratio stay the same when something changes that is no framework?',
  goals: [{ title: 'no other setting than the default moves a ratio provably', judge: judgeInvariance }],
  body(part) {
    const differences = invarianceFigures(part)
    if (differences.length === 0) return null
    const { measured, outcome } = judgeInvariance(part)!
    return {
      answer: `${measured}; goal: none: ${outcome}.`,
      blocks: [
        part.factors.flatMap(({ id, title }) => factorSentence(id, title, differences)).join('\n'),
        ...endpointsOf(part).flatMap((endpoint, index) => chart(part, endpoint, index)),
        table(part, differences),
        'Differences are of ln ratio, with 95 % intervals for one at a time. Proven: not zero at 5 % for all of this table together (Holm).',
      ],
      effort: effort(part),
      notReached: settled(differences),
    }
  },
})

function judgeInvariance(part: InvariancePart): Judgement | null {
  const differences = invarianceFigures(part)
  if (differences.length === 0) return null
  const proven = differences.filter((one) => one.proven)
  const largest = proven.toSorted((a, b) => size(b) - size(a))[0]
  const example =
    largest === undefined
      ? ''
      : `, the largest is ${effectInWords(largest)} with ${factorTitle(part, largest)} ${plain(largest.setting)}`
  return {
    measured: `${proven.length} of ${count(differences.length, 'difference')} to the default ${proven.length === 1 ? 'is' : 'are'} proven${example}`,
    outcome: proven.length === 0 ? 'met' : 'not met',
  }
}

/** One line of a list: within what the ratio is the same, or by how much it is not, and what may be behind it. */
function factorSentence(id: string, title: string, all: readonly SettingDifference[]): string[] {
  const differences = all.filter(({ factor }) => factor === id)
  if (differences.length === 0) return []
  const proven = differences.filter((one) => one.proven)
  const bound = largestPossible(differences)
  const sentence =
    proven.length > 0
      ? `not invariant: ${bySetting(proven)}.${reasonOf(id)}`
      : bound === null
        ? 'too few rounds to say.'
        : `invariant within ${formatPlusMinusPercent(bound)}: no difference is proven, and no interval reaches farther.`
  return [`- **${safe(title)}**: ${escapeMarkdown(sentence)}`]
}

function reasonOf(id: string): string {
  const reason = Object.hasOwn(possibleReasons, id) ? possibleReasons[id] : undefined
  return reason === undefined ? '' : ` Possible reason: ${reason}.`
}

/** `with sleeping: koa +8.4 [7.4, 9.5] %, express +8.0 [7.0, 9.0] %; with ...` */
function bySetting(differences: readonly SettingDifference[]): string {
  const settings = [...new Set(differences.map(({ setting }) => setting))]
  return settings
    .map((setting) => {
      const own = differences.filter((one) => one.setting === setting)
      return `with ${plain(setting)} ${listInWords(own.map(effectInWords))}`
    })
    .join('; ')
}

function effectInWords({ app, endpoint, differencePercent }: SettingDifference): string {
  return `${plain(app)} on ${plain(endpoint)} ${signed(differencePercent)} %`
}

function signed(estimate: SettingDifference['differencePercent']): string {
  return `${estimate.value > 0 ? '+' : ''}${formatEstimate(estimate)}`
}

function factorTitle(part: InvariancePart, { factor }: SettingDifference): string {
  return plain(part.factors.find(({ id }) => id === factor)?.title ?? factor)
}

function size({ differencePercent }: SettingDifference): number {
  return Math.abs(differencePercent.value)
}

function chart(part: InvariancePart, endpoint: string, index: number): Chart[] {
  const factors = factorRows(part, endpoint)
  if (factors.length === 0) return []
  // Part of a file's name.
  const slug = /^[a-z0-9-]+$/.test(endpoint) ? endpoint : `endpoint-${index + 1}`
  return [
    {
      name: `invariance-${slug}`,
      alt: `ratios on ${plain(endpoint)} under ${count(factors.flatMap(({ rows }) => rows).length, 'setting')} of ${count(factors.length, 'factor')}`,
      spec: invarianceChart(factors),
    },
  ]
}

/** A row per setting and endpoint, two columns per app. */
function table(part: InvariancePart, differences: readonly SettingDifference[]): string {
  const cells = part.factors.flatMap(({ settings }) => settings.flatMap((setting) => setting.cells))
  const apps = [...new Set(cells.map(({ app }) => app))]
  return markdownTable(
    [
      { head: 'factor', kind: 'text' },
      { head: 'setting', kind: 'text' },
      { head: 'endpoint', kind: 'text' },
      ...apps.flatMap((app) => [
        { head: `${plain(app)}: ratio`, kind: 'number' as const },
        { head: `${plain(app)}: difference to the default, %`, kind: 'number' as const },
      ]),
    ],
    part.factors.flatMap((factor) =>
      factor.settings.flatMap((setting) =>
        [...new Set(setting.cells.map(({ endpoint }) => endpoint))].map((endpoint) => [
          ...[
            plain(factor.title),
            setting.isDefault ? `${plain(setting.label)} (default)` : plain(setting.label),
            plain(endpoint),
          ],
          ...apps.flatMap((app) => {
            const ratio = setting.cells.find((cell) => cell.app === app && cell.endpoint === endpoint)?.ratio
            const difference = differences.find(isOf(factor.id, setting.label, app, endpoint))
            return [
              ratio === undefined ? '' : formatEstimate(ratio),
              difference === undefined ? '' : differenceInWords(difference),
            ]
          }),
        ]),
      ),
    ),
  )
}

function differenceInWords({ differencePercent, proven }: SettingDifference): string {
  return `${signed(differencePercent)}${proven ? ', proven' : ''}`
}

function effort({ factors }: InvariancePart): string {
  const rounds = factors.flatMap(({ settings }) => settings.map((setting) => setting.rounds))
  const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)]
  const range = fewest === most ? String(most) : `${fewest} to ${formatNumber(most, 0)}`
  return `${count(factors.length, 'factor')}, ${count(rounds.length, 'setting')} of ${range} rounds each, taken in turns`
}

function settled(differences: readonly SettingDifference[]): string[] {
  const unknown = differences.filter(({ differencePercent }) => differencePercent.low === null).length
  return unknown === 0
    ? []
    : [`${count(unknown, 'difference')} ${unknown === 1 ? 'has' : 'have'} too few rounds for an interval.`]
}
