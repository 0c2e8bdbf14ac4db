import type { Finding } from '../../result/model.ts'
import { SLOW_ANSWER_NS } from '../slow-answers.ts'
import type { CellCheck } from './cell-facts.ts'
import { type Facts, type FindingKind, findingOf, fixed, percent } from './finding-kind.ts'

/** Fewer slices with a slow answer are the moment in which a virtual machine stood still. Seen: none. */
const FEWEST_SLOW_SLICES = 3
/** With more of them, share of the slices, a visitor would notice what the cost does not tell. */
const SLOW_SLICES_SHARE = 0.03

const waited = ({ slowSlices, slices, milliseconds }: Facts) =>
  `in ${slowSlices} of ${slices} slices an answer was waited for while nothing worked on it, for up to ${fixed(milliseconds, 0)} ms: ` +
  'the cost counts CPU time, and knows nothing of that'

const whatItWaitsFor =
  'Look for what the app waits for: a connection that is opened again, a lock, a timer. Say it beside the cost; the latencies are in result.json.'

export const answersKinds = {
  'contract-broken': {
    severity: 'invalid',
    scope: 'cell',
    meaning:
      'The app answered other than the contract says, before or under load. One wrong response fails its cell; the other endpoints go on, unless it was the wrong path.',
    message: ({ reason }) => `the app does not answer as the contract says: ${reason}`,
    advice: 'Make the answer equal to the contract, byte for byte (docs/add-an-app.md), and measure again.',
  },
  'app-failed': {
    severity: 'invalid',
    scope: 'cell',
    meaning: 'The app did not start, died, could not be reached, or left requests unanswered.',
    message: ({ reason }) => `the app failed: ${reason}`,
    advice: 'Look at its last output lines; start it alone: PORT=3000 node apps/serve.ts <path>.',
  },
  'unequal-environment': {
    severity: 'invalid',
    scope: 'cell',
    meaning:
      'Something that must be the same for all apps (Node, its flags, NODE_ENV, limits of the server, CPUs) is not the same for this app and the baseline. Seen from inside the running server, before anything is measured. Holds for all cells of the app.',
    message: ({ differences }) => `not the same conditions as the baseline: ${differences}`,
    advice: 'Do not set these in the app; they are set for all.',
  },
  reconnects: {
    severity: 'suspect',
    scope: 'cell',
    meaning: 'The server closed connections that were to be kept. Opening them again was charged to it.',
    message: ({ reconnects }) =>
      `the server closed ${reconnects} connections that were to be kept: opening them again was charged to it`,
    advice: 'Keep connections alive; timeouts are set for every app.',
  },
  'slow-answers': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `In more than ${percent(SLOW_SLICES_SHARE, 0)} of the slices (and ${FEWEST_SLOW_SLICES} at the least) the last answer came more than ${SLOW_ANSWER_NS / 1e6} ms late while server and load generator neither worked nor waited for their CPUs. The cost is right, and does not show it; requests/s are those of the connections that did not wait. Work done now and then is rare-work; a server that waits most of the time is connections-bound as well. Not judged where the waits for the CPUs are not known.`,
    message: waited,
    advice: whatItWaitsFor,
  },
  'rare-slow-answers': {
    severity: 'note',
    scope: 'cell',
    meaning: `As slow-answers, in ${percent(SLOW_SLICES_SHARE, 0)} of the slices or fewer. Under ${FEWEST_SLOW_SLICES} slices are not told.`,
    message: waited,
    advice: whatItWaitsFor,
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(answersKinds)

/** Did connections stay open? */
export const checkReconnects: CellCheck = ({
  totals: {
    loaded: { reconnects },
  },
}) => (reconnects > 0 ? [finding('reconnects', { reconnects })] : [])

/** Does the app let a client wait now and then, without using any CPU? */
export const checkSlowAnswers: CellCheck = ({ figures: { slices }, totals: { slow } }) => {
  if (slow.slices < FEWEST_SLOW_SLICES) return []
  const facts = { slowSlices: slow.slices, slices, milliseconds: slow.longestNs / 1e6 }
  return [finding(slow.slices > SLOW_SLICES_SHARE * slices ? 'slow-answers' : 'rare-slow-answers', facts)]
}

/**
 * Had the app the same conditions as the baseline?
 * @param differences one short sentence part each
 */
export function checkEnvironment(differences: readonly string[]): Finding[] {
  return differences.length === 0 ? [] : [finding('unequal-environment', { differences: differences.join('; ') })]
}
