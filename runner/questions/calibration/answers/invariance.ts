import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatEstimate, formatPlusMinusPercent } from '../../../result/format.ts'
import { listInWords } from '../../../result/plain-text.ts'
import type { InvariancePart } from '../data.ts'
import { invarianceFigures, type SettingDifference } from './invariance-figures.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { bounded, count, fromTo } from './words.ts'

/** Known mechanisms by the id of a factor, not findings of a calibration: the page calls them possible. */
const POSSIBLE_REASONS: ReadonlyMap<string, string> = new Map([
  [
    'load-generator',
    'a client that sleeps has to be woken inside the write of the server, and the server pays for it; a slow server leaves the client idle more often and pays more often',
  ],
  [
    'slice',
    'in a short slice a larger share is spent with cold caches, in a long one the apps are measured farther apart in time',
  ],
  [
    'connections',
    'with many connections the server answers more requests per turn of its event loop, and shares the cost of a turn; with few, buffers and sockets stay in the cache of the CPU',
  ],
  ['cpu', 'CPUs of one machine may have unequal interrupts, neighbours or clock frequencies'],
  ['neighbours', 'the app before leaves its own data in the caches'],
  ['order', 'the app before leaves its own data in the caches, and the machine changes within a block'],
])

export const invariancePage: PartPage<InvariancePart> = {
  part: 'invariance',
  title: 'Invariance',
  question: 'Does a ratio stay the same when something changes that is no framework?',
  goals: [{ title: 'no other setting than the default moves a ratio provably', judge }],
  answer(part) {
    const differences = invarianceFigures(part)
    if (differences.length === 0) return null
    const rounds = part.factors.flatMap(({ settings }) => settings.map((setting) => setting.rounds))
    return {
      sentences: part.factors.flatMap(({ id, title }) => factorSentence(id, title, differences)),
      tables: [table(part, differences)],
      charts: endpointsOf(part).flatMap((endpoint, index) => chart(part, differences, endpoint, index)),
      limits: unsettled(differences),
      effort: `${count(part.factors.length, 'factor')}, ${count(rounds.length, 'setting')} of ${fromTo(rounds, 'round')} each, taken in turns`,
    }
  },
}

function judge(part: InvariancePart): Judgement | null {
  const differences = invarianceFigures(part)
  if (differences.length === 0) return null
  const proven = differences.filter((one) => one.proven)
  const size = ({ differencePercent }: SettingDifference) => Math.abs(differencePercent.value)
  const largest = proven.toSorted((a, b) => size(b) - size(a))[0]
  const title = part.factors.find(({ id }) => id === largest?.factor)?.title ?? largest?.factor
  const example = largest === undefined ? '' : `, the largest is ${inWords(largest)} with ${title} ${largest.setting}`
  return {
    measured: `${proven.length} of ${count(differences.length, 'difference')} to the default ${proven.length === 1 ? 'is' : 'are'} proven${example}`,
    outcome: proven.length === 0 ? 'met' : 'not met',
  }
}

/** Within what the ratio is the same, or by how much it is not, and what may be behind it. */
function factorSentence(id: string, title: string, all: readonly SettingDifference[]): string[] {
  const differences = all.filter(({ factor }) => factor === id)
  if (differences.length === 0) return []
  const proven = differences.filter((one) => one.proven)
  if (proven.length > 0) {
    const settings = [...Map.groupBy(proven, ({ setting }) => setting)]
    const effects = settings.map(([setting, own]) => `with ${setting} ${listInWords(own.map(inWords))}`).join('; ')
    const reason = POSSIBLE_REASONS.get(id)
    return [`${title}: not invariant: ${effects}.${reason === undefined ? '' : ` Possible reason: ${reason}.`}`]
  }
  const bound = largestPossible(differences)
  if (bound === null) return [`${title}: too few rounds to say.`]
  return [
    `${title}: invariant within ${formatPlusMinusPercent(bound)}: no difference is proven, and no interval reaches farther.`,
  ]
}

/** The largest difference that the intervals of these settings leave possible, percent; null where one interval is not known. */
export function largestPossible(differences: readonly SettingDifference[]): number | null {
  const ends = differences.flatMap(({ differencePercent: { low, high } }) => [low, high])
  const known = ends.filter((end) => end !== null)
  return known.length === 0 || known.length < ends.length ? null : Math.max(...known.map(Math.abs))
}

/** `koa on hello +8.4 [7.4, 9.5] %` */
function inWords({ app, endpoint, differencePercent }: SettingDifference): string {
  return `${app} on ${endpoint} ${signed(differencePercent)} %`
}

function signed(estimate: SettingDifference['differencePercent']): string {
  return `${estimate.value > 0 ? '+' : ''}${formatEstimate(estimate)}`
}

function endpointsOf({ factors }: InvariancePart): string[] {
  return [...new Set(factors.flatMap(({ settings }) => settings.flatMap(({ cells }) => cells.map(({ endpoint }) => endpoint))))]
}

type Setting = InvariancePart['factors'][number]['settings'][number]

function labelOf({ label, isDefault }: Setting): string {
  return isDefault ? `${label} (default)` : label
}

/** Per app a panel, per setting a row. */
function chart(part: InvariancePart, differences: readonly SettingDifference[], endpoint: string, index: number): AnswerChart[] {
  const points = part.factors.flatMap(({ id, title, settings }) =>
    settings.flatMap((setting) =>
      setting.cells
        .filter((cell) => cell.endpoint === endpoint)
        .flatMap(({ app, ratio }) => {
          const difference = differences.find(isOf(id, setting.label, app, endpoint))
          const moved = difference?.proven === true ? 'proven different' : 'not told apart from the default'
          const series = setting.isDefault ? 'default' : moved
          return bounded(ratio).map(({ value, low, high }) => ({
            panel: app,
            series,
            x: `${title}: ${labelOf(setting)}`,
            y: value,
            low,
            high,
          }))
        }),
    ),
  )
  if (points.length === 0) return []
  return [
    {
      // Part of a file's name.
      id: `invariance-${/^[a-z0-9-]+$/.test(endpoint) ? endpoint : `endpoint-${index + 1}`}`,
      title: `The same comparison under other settings, ${endpoint}`,
      description: `ratios on ${endpoint} under ${count(new Set(points.map(({ x }) => x)).size, 'setting')} of ${count(part.factors.length, 'factor')}`,
      form: 'rows',
      x: { title: '', scale: 'linear' },
      y: { title: 'times the CPU time of the baseline, the same in every row is best', scale: 'linear' },
      reference: null,
      points,
    },
  ]
}

/** A row per setting and endpoint, two columns per app. */
function table(part: InvariancePart, differences: readonly SettingDifference[]): AnswerTable {
  const cells = part.factors.flatMap(({ settings }) => settings.flatMap((setting) => setting.cells))
  const apps = [...new Set(cells.map(({ app }) => app))]
  const numbers = apps.flatMap((app) => [`${app}: ratio`, `${app}: difference to the default, %`])
  return {
    id: 'invariance',
    title: 'Ratios by setting',
    note: 'Differences are of ln ratio, with 95 % intervals for one at a time. Proven: not zero at 5 % for all of this table together (Holm).',
    columns: [...textColumns('factor', 'setting', 'endpoint'), ...numberColumns(...numbers)],
    rows: part.factors.flatMap(({ id, title, settings }) =>
      settings.flatMap((setting) =>
        [...new Set(setting.cells.map(({ endpoint }) => endpoint))].map((endpoint) => [
          ...[title, labelOf(setting), endpoint],
          ...apps.flatMap((app) => {
            const difference = differences.find(isOf(id, setting.label, app, endpoint))
            const words = difference && `${signed(difference.differencePercent)}${difference.proven ? ', proven' : ''}`
            return [setting.cells.find((cell) => cell.app === app && cell.endpoint === endpoint)?.ratio ?? null, words ?? '']
          }),
        ]),
      ),
    ),
  }
}

/** Whether a difference is that of this app under this setting. */
function isOf(factor: string, setting: string, app: string, endpoint: string): (one: SettingDifference) => boolean {
  return (one) => one.factor === factor && one.setting === setting && one.app === app && one.endpoint === endpoint
}

function unsettled(differences: readonly SettingDifference[]): string[] {
  const unknown = differences.filter(({ differencePercent }) => differencePercent.low === null).length
  if (unknown === 0) return []
  return [`${count(unknown, 'difference')} ${unknown === 1 ? 'has' : 'have'} too few rounds for an interval.`]
}
