import { LRUCache } from 'lru-cache'
import { type App, variantOf, type Workload } from './app.ts'

/** How long a rendered page is kept. */
export const KEPT_MILLISECONDS = 10_000
/** More than there are pages, as usual: what is thrown out is thrown out for its age. */
const MOST_PAGES = 500
/**
 * Who asks. A page is kept for each of them, although all see the same: a key is put together for every request, as it is from a
 * request's own data, and no compiler can know it beforehand.
 */
const VISITORS = ['17', '23', '42', '99'] as const

/** What tells the time, in milliseconds from anywhere. */
export interface CacheClock {
  now(): number
}

/** An app whose pages are rendered once in ten seconds and come from a cache in between. */
export function cached(base: App): App {
  return variantOf(base, 'cached', (workload) => base.createServer(withCache(workload)))
}

/** The workload with its two rendered pages kept; `hello` and `lookup` render nothing. */
export function withCache(workload: Workload, clock: CacheClock = performance): Workload {
  const pages = new LRUCache<string, string>({ max: MOST_PAGES, ttl: KEPT_MILLISECONDS, perf: clock })
  const kept = (page: string, render: () => string) => {
    let visitor = 0
    return () => {
      visitor = (visitor + 1) % VISITORS.length
      const key = `${page}:${VISITORS[visitor]}`
      const known = pages.get(key)
      if (known !== undefined) return known
      const rendered = render()
      pages.set(key, rendered)
      return rendered
    }
  }
  return { ...workload, template: kept('template', workload.template), table: kept('table', workload.table) }
}
