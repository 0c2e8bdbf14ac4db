import { formatNumber, formatPlusMinusPercent } from '../../report/format.ts'
import { listInWords } from '../../report/plain-text.ts'
import { mean } from '../../statistics/summary.ts'
import type { PlantedPart } from '../data.ts'
import { count, percent, safe } from './phrases.ts'
import { burnSpread, groupRecoveries, type Recovery, sampleCounts } from './planted-figures.ts'

/** How well it is known what was planted: alone, and in the servers where they were timed. */
export function plantedTruth(part: PlantedPart, recoveries: readonly Recovery[]): string {
  return [alone(part), inSitu(part, recoveries), wholeRequests(recoveries)].filter((sentences) => sentences !== '').join(' ')
}

function alone(part: PlantedPart): string {
  const { nanosecondsPerTurn, perProcess } = part.burn
  const spread = burnSpread(part)
  if (spread === null) return ''
  return (
    `The planted time is turns of a loop of integers. Timed alone, in a quiet process, a turn takes ${formatNumber(nanosecondsPerTurn, 3)} ns; ` +
    `${count(perProcess.length, 'calibration')} of it lie within ${formatPlusMinusPercent(100 * spread)} of their mean.`
  )
}

function inSitu(part: PlantedPart, recoveries: readonly Recovery[]): string {
  const { taken, leftOut } = sampleCounts(part)
  if (taken === 0) return ''
  return (
    `In situ, the same turns were timed by the servers themselves while slices were open, one call in 40 by the clock on the wall; ` +
    `the suite's own accounting of CPU time has no part in it. ${longer(recoveries)}${empty(part)}` +
    `Of ${count(taken, 'sample')} ${formatNumber(leftOut, 0)} took more than 1 ms, because their process had lost its CPU, and are ` +
    `left out. Recovered and in situ are paired by round: they are of the same processes and moments, and an interval holds the ` +
    `planted value when that of their difference holds 0. Why a loaded server takes longer: [precision-log.md](precision-log.md).`
  )
}

/** The work makes the rest of the request dearer too, and that is a cost of it. */
function wholeRequests(recoveries: readonly Recovery[]): string {
  const known = recoveries.filter(({ wholeRequest }) => wholeRequest !== null)
  if (known.length === 0) return ''
  const total = (of: (one: Recovery) => number) => known.reduce((sum, one) => sum + of(one), 0)
  const whole = total(({ wholeRequest }) => wholeRequest!.value)
  const [found, work] = [total(({ value }) => value), total(({ truth }) => truth)]
  return (
    `Whole requests are timed by the same clocks, from the first timed call of a slice to the last: they take longer than those to the ` +
    `wrapper by ${percent(whole / work - 1)} more than the work itself does, all works together, because the rest of a request finds ` +
    `colder caches after it. What the suite has recovered differs from these whole requests by ${percent(found / whole - 1)}.`
  )
}

/** All works of a base together: of the small ones alone it would be noise. */
function longer(recoveries: readonly Recovery[]): string {
  const byBase = Map.groupBy(groupRecoveries(recoveries), ({ base }) => base)
  const shares = [...byBase].flatMap(([base, groups]) => {
    const timed = groups.flatMap(({ planted, inSitu }) => (inSitu === null ? [] : [{ planted, inSitu: inSitu.value }]))
    const total = (of: (group: (typeof timed)[number]) => number) => timed.reduce((sum, group) => sum + of(group), 0)
    const share = total(({ inSitu }) => inSitu) / total(({ planted }) => planted) - 1
    return timed.length === 0 ? [] : [`${percent(share)} on ${safe(base)}`]
  })
  return shares.length === 0 ? '' : `They took longer than alone by ${listInWords(shares)}. `
}

/** What is taken off every sample. */
function empty({ runs }: PlantedPart): string {
  const bases = [...new Set(runs.map(({ base }) => base))]
  const looks = bases.flatMap((base) => {
    const known = runs.flatMap((run) => (run.base === base && run.emptyNanoseconds !== null ? [run.emptyNanoseconds] : []))
    return known.length === 0 ? [] : [`${formatNumber(mean(known), 0)} ns on ${safe(base)}`]
  })
  return looks.length === 0 ? '' : `The looks at the clock are taken off: ${listInWords(looks)}, timed where no turns are burnt. `
}
