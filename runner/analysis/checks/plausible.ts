import { estimateMeans } from '../../statistics/estimate.ts'
import { holm } from '../../statistics/ranks.ts'
import { excludes } from '../estimates.ts'
import {
  type CellCheck,
  type CellFacts,
  FAMILY_ALPHA,
  type Found,
  findingOf,
  fixed,
  kindsOf,
  logRatiosOf,
  MARGIN,
  note,
  percent,
  probability,
  suspect,
} from './finding.ts'

/**
 * Ratios on `hello` to bare node:http, as they have been seen for a package on a range of Node versions. From runs of this suite on Node 24 (16 connections, no pipelining), with room for other machines; wide enough for what the
 * benchmarks of the fastify project have shown on the same major version. Earlier versions of Node are not listed: express has
 * cost several times as much there.
 */
const plausibleRatios = [
  { package: 'fastify', fromNode: 24, low: 0.95, high: 1.25 },
  { package: 'hono', fromNode: 24, low: 0.95, high: 1.35 },
  { package: 'koa', fromNode: 24, low: 1.2, high: 1.8 },
  { package: 'express', fromNode: 24, low: 1.4, high: 2.4 },
]

export const plausibleKinds = kindsOf('cell', {
  implausible: note({
    meaning:
      'The ratio on hello lies outside the band that this npm package has shown on this major version of Node (runner/analysis/checks/plausible.ts). New versions may have changed it, or the app is not used as usual.',
    message: ({ ratio, low, high, package: name, nodeMajor }) =>
      `the ratio ${fixed(ratio, 2)} is unusual for ${name} on Node ${nodeMajor}, which has been between ${fixed(low, 2)} and ${fixed(high, 2)}`,
    advice: 'Look for debugging, a changed app, or another version; if it is real, it is news.',
  }),
  'skeleton-no-floor': suspect({
    meaning: `The app is cheaper than the baseline, significantly (Holm over the apps of the endpoint at ${percent(FAMILY_ALPHA, 0)}) and by more than ${percent(MARGIN, 0)}. A framework on top of node:http cannot be: it does less, or the baseline does more than it has to.`,
    message: ({ ratio, adjustedP, baseline }) =>
      `it costs less than ${baseline}, which should be the floor: ratio ${fixed(ratio, 4)}, p ${probability(adjustedP)}`,
    advice: 'Look at what the app leaves out (headers, routing), or write the baseline better.',
  }),
})

const finding = findingOf(plausibleKinds)

/** The bands are known for the endpoint without work only. */
const ENDPOINT = 'hello'

/** Is the ratio one that this package has been seen with? */
export const checkPlausible: CellCheck = (facts) => {
  const { package: name, nodeMajor, isBaseline, isPlain } = facts
  const { endpoint, ratio } = facts.figures
  const band = plausibleRatios.find((known) => known.package === name && nodeMajor >= known.fromNode)
  if (isBaseline || !isPlain || endpoint !== ENDPOINT || band === undefined) return null
  const { low, high } = band
  if (ratio.value >= low && ratio.value <= high) return null
  return finding('implausible', { ratio: ratio.value, low, high, package: band.package, nodeMajor })
}

/**
 * Is an app cheaper than the skeleton it stands on?
 * @param cells the apps of one endpoint, without the baseline
 */
export function checkFloor(cells: readonly CellFacts[], baseline: string): Found[] {
  const means = estimateMeans(cells.map(({ figures }) => logRatiosOf(figures.perRound)))
  const adjusted = holm(means.map(({ pValue }) => pValue))
  return means.map(({ value }, index) => {
    const adjustedP = adjusted[index]!
    // What two copies of the skeleton may differ by is in the interval.
    if (adjustedP >= FAMILY_ALPHA || value >= -Math.log1p(MARGIN) || !excludes(cells[index]!.figures.ratio, 1)) return null
    return finding('skeleton-no-floor', { ratio: Math.exp(value), adjustedP, baseline })
  })
}
