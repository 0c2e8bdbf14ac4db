import { formatEstimate } from '../../report/format.ts'
import { listInWords } from '../../report/plain-text.ts'
import type { PlantedPart } from '../data.ts'
import { effortOf, verdictSentences } from './effort.ts'
import { count, judgeShare, percent, plain, safe, shareInterval } from './phrases.ts'
import { plantedChart } from './planted-chart.ts'
import {
  groupRecoveries,
  holdsWhole,
  plainRecoveriesOf,
  type Recovery,
  recoveriesOf,
  usualOf,
  wrapperCosts,
} from './planted-figures.ts'
import { plantedTable } from './planted-table.ts'
import { plantedTruth } from './planted-truth.ts'
import { type Judgement, sectionOf } from './section.ts'

/** Bases that should be there. */
const BASES = ['node-http', 'koa']
const GOAL_HOLDING = 0.95
const SMALL_MICROSECONDS = 1
/** The burning loop is calibrated anew every time. */
const SMALL_TOLERANCE = 0.1

export const plantedSection = sectionOf('planted', {
  title: 'Planted cost',
  question: 'Does the suite find a cost that is known beforehand?',
  goals: [
    {
      title: 'the planted cost lies inside the interval in at least 95 of 100',
      judge: (part) => judgeHolding(recoveriesOf(part)),
    },
    {
      title: 'what is recovered is what whole requests took by the servers’ own clocks, in at least 95 of 100',
      judge: (part) => judgeWhole(recoveriesOf(part)),
    },
    { title: '1 µs per request is told apart from 0', judge: judgeSmall },
  ],
  body(part) {
    const recoveries = recoveriesOf(part)
    if (recoveries.length === 0) return null
    const judgements = [judgeHolding(recoveries), judgeWhole(recoveries)].filter((one) => one !== null)
    const words = judgements.map(({ measured, outcome }) => `${measured}; goal: at least ${100 * GOAL_HOLDING} %: ${outcome}.`)
    return {
      answer: [...words, smallWords(part)].join(' ').trim(),
      blocks: [
        {
          name: 'planted',
          alt: `recovered against planted microseconds per request; ${recoveries.filter(({ holds }) => holds).length} of ${recoveries.length} intervals hold the planted value`,
          spec: plantedChart(recoveries),
        },
        plantedTable(recoveries),
        plantedTruth(part, recoveries),
        wrapper(part),
      ].filter((block) => block !== ''),
      effort: effortOf(part.runs),
      notReached: [...unplaced(part), ...untimed(recoveries), ...verdictSentences(part.runs)],
    }
  },
})

function judgeHolding(recoveries: readonly Recovery[]): Judgement | null {
  const holding = recoveries.filter(({ holds }) => holds).length
  const timed = recoveries.every(({ inSitu }) => inSitu !== null) ? ', timed in situ' : ''
  return judgeShare(holding, recoveries.length, `intervals hold the planted value${timed}`, { atLeast: GOAL_HOLDING })
}

function judgeWhole(recoveries: readonly Recovery[]): Judgement | null {
  const timed = recoveries.filter(({ wholeRequestError }) => wholeRequestError !== null)
  const what = 'intervals hold by how much whole requests took longer by the clocks of the servers'
  return judgeShare(timed.filter(holdsWhole).length, timed.length, what, { atLeast: GOAL_HOLDING })
}

function judgeSmall(part: PlantedPart): Judgement | null {
  const small = smallOf(part)
  if (small.length === 0) return null
  const apart = small.filter(({ low }) => low > 0).length
  return { measured: `in ${apart} of ${count(small.length, 'run')}`, outcome: apart === small.length ? 'met' : 'not met' }
}

function smallOf(part: PlantedPart): Recovery[] {
  return recoveriesOf(part).filter(({ planted }) => Math.abs(planted - SMALL_MICROSECONDS) < SMALL_TOLERANCE)
}

function smallWords(part: PlantedPart): string {
  const judgement = judgeSmall(part)
  if (judgement === null) return ''
  const found = groupRecoveries(smallOf(part)).map(({ base, usual }) => `${formatEstimate(usual)} µs on ${plain(base)}`)
  return `One run finds ${SMALL_MICROSECONDS} µs as ${listInWords(found)}; it is told apart from 0 ${judgement.measured}: ${judgement.outcome}.`
}

/** The wrapper is a call more per request: the plain overhead, as a run prints it, has it on top of what was planted. */
function wrapper(part: PlantedPart): string {
  const plainly = plainRecoveriesOf(part)
  const bases = [...new Set(part.runs.map(({ base }) => base))]
  const costs = bases.flatMap((base) => {
    const known = wrapperCosts(part, base)
    return known.length === 0 ? [] : [`${formatEstimate(usualOf(known))} µs on ${safe(base)}`]
  })
  const holding = plainly.filter(({ holds }) => holds).length
  const alone = costs.length === 0 ? '' : `The wrapper that burns nothing costs ${listInWords(costs)} by one run. `
  if (plainly.length === 0) return alone.trim()
  return (
    `${alone}Recovered is the cost over that wrapper. The plain µs over the baseline, as a run prints them, hold the planted value in ` +
    `${percent(holding / plainly.length)} of ${count(plainly.length, 'interval')} (95 % interval ${shareInterval(holding, plainly.length)}).`
  )
}

function unplaced(part: PlantedPart): string[] {
  const missing = BASES.filter((base) => part.runs.every((run) => run.base !== base))
  return missing.map((base) => `Nothing was planted on top of ${base}.`)
}

/** Older files are of before anything was timed in the servers; some of the newer may have lost a process or two. */
function untimed(recoveries: readonly Recovery[]): string[] {
  const missing = recoveries.filter(({ inSitu }) => inSitu === null).length
  if (missing === 0) return []
  const which =
    missing === recoveries.length ? 'What was planted was' : `${missing} of ${count(recoveries.length, 'planted time')} were`
  return [
    `${which} not timed in the loaded servers: the value is that of a quiet process, and not what the work took where it ran.`,
  ]
}
