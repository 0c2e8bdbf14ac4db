import {
  COMPILING_PERCENT,
  DRIFT_PERCENT,
  FAMILY_ALPHA,
  FEW_BLOCKS_SHARE,
  FEWEST_ROUNDS,
  KINDS_APART,
  MARGIN,
  OUTLIER_SCORE,
  SPEED_SPREAD,
  TOO_FEW_BLOCKS_SHARE,
  TREND_ALPHA,
  TRUSTED_ROUNDS,
  WORKS_WHEN_IDLE_SHARE,
} from '../thresholds.ts'
import { type FindingKind, fixed, percent, probability, signed } from './finding-kind.ts'

const drifts: FindingKind['message'] = ({ driftPercent, low, high }) =>
  `the cost drifts by ${signed(driftPercent, 1)} [${signed(low, 1)}, ${signed(high, 1)}] within a round: ` +
  `${Number(driftPercent) < 0 ? 'the app was still warming up' : 'each request is dearer than the one before'}`

/** What the rounds of a cell say of its estimates. */
export const roundFindings = {
  'not-measured': {
    severity: 'invalid',
    scope: 'cell',
    meaning: 'Nothing was measured of this cell: the baseline is out, no round was finished, or every block was disturbed.',
    message: ({ reason }) => `nothing was measured: ${reason}`,
    advice: 'Look at what happened to the baseline, let at least two rounds finish, or end other programs.',
  },
  'few-rounds': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Fewer than ${TRUSTED_ROUNDS} rounds. The interval is meant to hold all the same, but a single odd round moves it far.`,
    message: ({ rounds }) => `only ${rounds} rounds: an interval needs at least ${TRUSTED_ROUNDS} to be trusted`,
    advice: 'Let the run finish, or give it more time with --max-minutes or more --rounds.',
  },
  'too-few-rounds': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `Fewer than ${FEWEST_ROUNDS} rounds: there is no interval.`,
    message: ({ rounds }) => `${rounds} round is no sample: there is no interval`,
    advice: 'Let at least two rounds finish; six make an interval to be trusted.',
  },
  // The interval is honest whatever its width, and printed beside the number: that it is wider than asked for makes nothing wrong.
  'precision-not-reached': {
    severity: 'note',
    scope: 'cell',
    meaning: 'The interval of the ratio is wider than --precision asked for. It is right all the same.',
    message: ({ halfWidthPercent, precisionPercent }) =>
      `the interval is ±${fixed(halfWidthPercent, 2)} %, ±${precisionPercent} % was asked for`,
    advice: 'Give it more time with --max-minutes, or ask for less with --precision.',
  },
  'few-blocks-kept': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Fewer than ${percent(FEW_BLOCKS_SHARE, 0)} of the planned blocks count; the others were disturbed every time they were tried. What was kept may tell of the machine's quiet moments only.`,
    message: ({ kept, planned }) =>
      `only ${kept} of ${planned} planned blocks count: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  },
  'too-few-blocks-kept': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `As few-blocks-kept, with fewer than ${percent(TOO_FEW_BLOCKS_SHARE, 0)}.`,
    message: ({ kept, planned }) =>
      `${kept} of ${planned} planned blocks are too few: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  },
  'still-warming': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The cost changes by more than ${DRIFT_PERCENT} % (or the precision asked for, if that is coarser) from the first block of a round to the last: the whole interval of this change over the rounds, corrected for the number of cells, lies beyond it. What the baseline costs in the same block is taken off first, so that a machine that changes its speed is not mistaken for it. Mostly the warm-up was too short; an app that leaks time drifts too.`,
    message: drifts,
    advice: 'Give it a longer --warm-up; if it drifts all the same, look for something in the app that grows.',
  },
  'slightly-warming': {
    severity: 'note',
    scope: 'cell',
    meaning: `As still-warming, but only the value lies beyond ${DRIFT_PERCENT} %; of the interval, it is proven no more than that it excludes none. The mean over a round is off by half of a steady drift at the most, which is less than the precision asked for.`,
    message: drifts,
    advice: 'Give it a longer --warm-up if half of this drift matters to you.',
  },
  'still-compiling': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Threads of the app that run no event loop, which are V8's compiler and garbage collector, take more than ${COMPILING_PERCENT} % (or the precision asked for, if that is coarser) more of its CPU time in the first half of a round than in the second, and the interval of that excludes none. The app was measured while it was still being compiled, which costs a server once and a request nothing.`,
    message: ({ helperFallPercent, low, high }) =>
      `compiler and garbage collector take ${fixed(helperFallPercent, 1)} [${fixed(low, 1)}, ${fixed(high, 1)}] % more of the CPU time in the first half of a round than in the second: the app was still being compiled`,
    advice: 'Give it a longer --warm-up, or more time with --max-minutes.',
  },
  'round-outlier': {
    severity: 'note',
    scope: 'cell',
    meaning: `The ratio of a round lies more than ${OUTLIER_SCORE} robust standard deviations from the median of the rounds (modified z). It is reported and stays in the mean: to remove what looks odd makes intervals too narrow.`,
    message: ({ rounds, largestScore }) =>
      `${String(rounds).includes(',') ? `rounds ${rounds} lie` : `round ${rounds} lies`} far from the others, by up to ${fixed(largestScore, 1)} robust standard deviations`,
    advice: 'Nothing was removed. Look at the samples of these rounds if the interval is wide.',
  },
  'skewed-rounds': {
    severity: 'note',
    scope: 'cell',
    meaning:
      'The mean over the rounds and the Hodges-Lehmann estimate differ by more than half a half-width: the rounds lie to one side, and the interval is trusted a little less.',
    message: ({ mean, hodgesLehmann }) =>
      `the rounds are skewed: their mean ratio is ${fixed(mean, 4)}, their middle (Hodges-Lehmann) ${fixed(hodgesLehmann, 4)}`,
    advice: 'Read the interval with care, or let more rounds be measured.',
  },
  'late-work': {
    severity: 'note',
    scope: 'cell',
    meaning:
      'A part of the cost is CPU time that the server used outside its slices: on a timer, in threads or children, after the answer. It is proven, and more than 1 % of the cost or 5 % of the overhead. Which endpoint it belongs to cannot be known, so it is given to all requests of the server alike.',
    message: ({ lateMicroseconds, costMicroseconds }) =>
      `${fixed(lateMicroseconds, 1)} of the ${fixed(costMicroseconds, 1)} µs that a request costs are used later, outside its slices`,
    advice: 'Nothing has to be done: it is in the cost. typicalCost is without it.',
  },
  'two-kinds-of-processes': {
    severity: 'note',
    scope: 'cell',
    meaning: `The processes of the app, one per round, are two groups whose costs are ${percent(KINDS_APART, 0)} or more apart: the best split of their ratios leaves far less within the groups than one of normal values does in 99 of 100 cases (Engelman and Hartigan, 1969; six processes at the least, two in each group). A process stays what it is for all its life, so the mean is that of this run's mix, and its interval describes neither kind. What the distance of the CPUs and the baseline's cost explain is taken out, and groups that follow each other in time are a trend. Few processes show little: of ten, a third that costs 7 % more is found in one run of five. Not judged for the baseline, whose rounds are means of two processes.`,
    message: ({ processes, low, high, lowMicroseconds, highMicroseconds, differencePercent }) =>
      `the processes are of two kinds: ${low} of ${processes} (${percent(Number(low) / Number(processes), 0)}) take ${fixed(lowMicroseconds, 2)} µs per request, ` +
      `${high} (${percent(Number(high) / Number(processes), 0)}) take ${fixed(highMicroseconds, 2)} µs (${signed(differencePercent, 1)}); the mean describes neither`,
    advice: 'Quote both kinds with their shares; the charts of µs over the baseline show every process as a dot.',
  },
  'rare-work': {
    severity: 'note',
    scope: 'cell',
    meaning:
      'A part of the cost comes in rare long pieces, such as a long garbage collection or a cache that is built anew: most requests cost less (typicalCost, a trimmed mean over slices). It is proven, and more than 1 % of the cost or 5 % of the overhead.',
    message: ({ rareMicroseconds, costMicroseconds, typicalMicroseconds }) =>
      `${fixed(rareMicroseconds, 1)} of the ${fixed(costMicroseconds, 1)} µs that a request costs come in rare pieces; most requests cost ${fixed(typicalMicroseconds, 1)} µs`,
    advice: 'Nothing has to be done: it is in the cost. typicalCost is without it.',
  },
  'works-when-idle': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The app uses more than ${percent(WORKS_WHEN_IDLE_SHARE, 0)} of a CPU when nobody asks it. That is no request's cost and is taken off, as far as it is known from the idle time before its load.`,
    message: ({ share }) => `the app uses ${percent(share)} of a CPU when nobody asks it; that is taken off its cost`,
    advice: 'Switch off timers and background work that have nothing to do with requests, and measure again.',
  },
  'forks-workers': {
    severity: 'note',
    scope: 'cell',
    meaning:
      'Processes that the app has started used more than a tenth of its CPU time each. They are in its cost, and they share the one CPU of the servers.',
    message: ({ children }) =>
      `${children} ${Number(children) === 1 ? 'process that the app has started does' : 'processes that the app has started do'} a part of its work; all of it is in the cost, on one CPU`,
    advice: 'For what several workers give, name an app that does not fork and use npm run study -- workers.',
  },
  implausible: {
    severity: 'note',
    scope: 'cell',
    meaning:
      'The ratio on hello lies outside the band that this npm package has shown on this major version of Node (runner/checks/cell/plausible-ratios.ts). New versions may have changed it, or the app is not used as usual.',
    message: ({ ratio, low, high, package: name, nodeMajor }) =>
      `the ratio ${fixed(ratio, 2)} is unusual for ${name} on Node ${nodeMajor}, which has been between ${fixed(low, 2)} and ${fixed(high, 2)}`,
    advice: 'Look for debugging, a changed app, or another version; if it is real, it is news.',
  },
  trend: {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The ratio rises or falls over the rounds (Spearman, p below ${percent(TREND_ALPHA, 0)} after Holm's correction for the number of cells). Conditions changed during the run; rounds are not independent, and the interval may be too narrow.`,
    message: ({ coefficient, adjustedP, lagOne }) =>
      `the ratio ${Number(coefficient) > 0 ? 'rises' : 'falls'} over the rounds (Spearman ${fixed(coefficient, 2)}, p ${probability(adjustedP)}, ` +
      `correlation of neighbours ${fixed(lagOne, 2)})`,
    advice: 'Find out what changed on the machine (heat, neighbours), and measure again.',
  },
  'machine-speed-changed': {
    severity: 'note',
    scope: 'cell',
    meaning: `The baseline's cost moved by more than ${percent(SPEED_SPREAD, 0)} between rounds (90th over 10th percentile), and the ratio moves with it (regression, Holm over the cells at ${percent(FAMILY_ALPHA, 0)}) by more than ${percent(MARGIN, 0)}. What the distance of the CPUs explains (cpu-distance-changed) is not counted. The interval is for the mix of states that this run met.`,
    message: ({ fastRatio, slowRatio, spreadPercent }) =>
      `ratio ${fixed(fastRatio, 3)} while the machine was fast, ${fixed(slowRatio, 3)} while it was ${fixed(spreadPercent, 0)} % slower`,
    advice: 'Compare with other runs by µs over the baseline, which move less.',
  },
  'skeleton-no-floor': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The app is cheaper than the baseline, significantly (Holm over the apps of the endpoint at ${percent(FAMILY_ALPHA, 0)}) and by more than ${percent(MARGIN, 0)}. A framework on top of node:http cannot be: it does less, or the baseline does more than it has to.`,
    message: ({ ratio, adjustedP, baseline }) =>
      `it costs less than ${baseline}, which should be the floor: ratio ${fixed(ratio, 4)}, p ${probability(adjustedP)}`,
    advice: 'Look at what the app leaves out (headers, routing), or write the baseline better.',
  },
} as const satisfies Record<string, FindingKind>
