const setSize = 1_000
const lookUps = 50_000

// In portions, because V8 makes poor code of one loop that it has to optimise while it is running: every process would spend its
// first hundreds of requests at twice the time, and some would stay there.
const portion = 100

// Twice as many different keys are requested as the set holds, so half of the look-ups hit.
const differentKeys = 2_000

// Coprime with 2,000: stepping by it visits every key once in each cycle, hits and misses mixed.
const stride = 769

const members: ReadonlySet<string> = new Set(Array.from({ length: setSize }, (_, n) => `key-${n}`))

// Strings of their own, not the set's: a hit has to compare characters, as with a key read from a request.
const keys = Array.from({ length: differentKeys }, (_, n) => `key-${n}`)

const asked: readonly string[] = Array.from({ length: lookUps }, (_, i) => keys[(i * stride) % differentKeys]!)

const portions: readonly (readonly string[])[] = Array.from({ length: lookUps / portion }, (_, n) =>
  asked.slice(n * portion, (n + 1) * portion),
)

/** Looks 50,000 keys up in a set of 1,000 strings and returns the number of hits as text. */
export function lookup(): string {
  // The count is the answer, so no look-up can be optimised away.
  let hits = 0
  for (const keys of portions) hits += countHits(keys)
  return String(hits)
}

function countHits(keys: readonly string[]): number {
  let hits = 0
  for (const key of keys) {
    if (members.has(key)) hits += 1
  }
  return hits
}
