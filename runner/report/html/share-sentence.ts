import type { Result } from '../../result.ts'
import { formatNumber } from '../format.ts'
import { listInWords, plainText } from '../plain-text.ts'
import { requestShares } from '../request-shares.ts'

/** Below this, nobody would notice another framework. */
const LITTLE = 0.05

/** Does the framework matter here? By endpoint, how much of a request it is; empty with nothing but the baseline. */
export function shareSentence(result: Result): string {
  const shares = requestShares(result).filter(({ app }) => app !== result.baseline)
  const endpoints = [...new Set(shares.map(({ endpoint }) => endpoint))]
  const clauses = endpoints.map((endpoint) => {
    const own = shares.filter((one) => one.endpoint === endpoint).map(({ framework }) => framework)
    const [least, most] = [Math.min(...own), Math.max(...own)]
    const range = percent(least) === percent(most) ? percent(most) : `${percent(least)} to ${percent(most)}`
    return `${range} % on ${plainText(endpoint, 40)}${most < LITTLE ? ' (there it hardly matters)' : ''}`
  })
  return clauses.length === 0 ? '' : `Of the CPU time of a request, the framework takes ${listInWords(clauses)}.`
}

function percent(share: number): string {
  return formatNumber(100 * share, share < 0.0095 && share > 0 ? 1 : 0)
}
