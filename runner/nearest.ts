import { closest, distance } from 'fastest-levenshtein'

/** The known name that a slip of the finger may have meant, or null. */
export function nearest(text: string, known: readonly string[]): string | null {
  if (text === '' || known.length === 0) return null
  const candidate = closest(text, [...known])
  return distance(text, candidate) <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : null
}
