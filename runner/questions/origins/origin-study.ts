import { type CompareOptions, option } from '../../measure/options.ts'
import type { Plan } from '../../measure/plan.ts'
import type { AnswerBody } from '../../result/answer.ts'
import type { Result } from '../../result/model.ts'
import { prepareVariants, type Study, someOf, variantOf } from '../studies/study.ts'
import { type FoundRow, findRows, lackingIn, type OriginRow } from './rows.ts'

/** A table of one of the texts as a study. */
export interface OriginTable extends Pick<Study, 'id' | 'title' | 'question' | 'defaults'> {
  readonly rows: readonly OriginRow[]
  /** Where all of them take too long for a first look; absent: they do not. */
  readonly isQuick?: (row: OriginRow) => boolean
  /** The first row is what everything is compared with; absent: node:http as it is. */
  readonly isAlone?: true
  /** What of the plan is its own; absent: nothing. */
  readonly plan?: Partial<Omit<Plan, 'deployments'>>
  /** Before anything is measured; throws where it cannot be. Absent: nothing is to be checked. */
  readonly check?: (options: CompareOptions, rows: readonly FoundRow[]) => void | Promise<void>
  /** Pure. */
  answer(result: Result, rows: readonly FoundRow[]): AnswerBody
}

const DEFAULTS: Partial<CompareOptions> = { apps: ['node-http'], precision: 2, maxMinutes: 12 }

/** Rows that are installed here, and node:http as it is, which every cost is told over. */
export function originStudy({
  rows,
  answer,
  plan,
  defaults,
  check,
  isAlone,
  isQuick = () => true,
  ...words
}: OriginTable): Study {
  const keys = rows.map(({ key }) => key)
  const quickKeys = rows.filter(isQuick).map(({ key }) => key)
  const usual =
    quickKeys.length < keys.length ? `all that are installed; with --quick ${quickKeys.join(', ')}` : 'all that are installed'
  return {
    ...words,
    page: 'origins',
    defaults: { ...DEFAULTS, ...defaults },
    quick: { precision: 5, maxMinutes: 4.8 },
    without: ['transport', 'apps', 'baseline', ...(plan?.endpoints ? (['endpoints'] as const) : [])],
    ownOptions: [option('--rows <list>', `what to measure: ${keys.join(', ')}`, someOf('row', keys), keys, usual)],
    lacking: () => lackingIn(rows),
    examples: [`npm run study -- ${words.id} --quick`, `npm run study -- ${words.id} --rows ${keys.slice(0, 3).join(',')}`],
    async prepare(options, { rows: given }, { apps, remark }) {
      const wanted = (given as readonly string[] | undefined) ?? (options.quick ? quickKeys : keys)
      const found = await findRows(
        rows.filter(({ key }) => wanted.includes(key)),
        options,
        remark,
      )
      await check?.(options, found)
      const variants = isAlone ? found : [variantOf(apps[0]!), ...found]
      return prepareVariants(options, variants, (result) => answer(result, found), plan)
    },
  }
}
