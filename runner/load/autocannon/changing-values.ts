/** Bytes of a response from `start` up to, and without, `end`. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

interface HeaderValue extends ByteSpan {
  /** Lower case. */
  readonly name: string
}

/** These say where an answer ends and what it is: one in which they change is not the same answer. */
const NEVER_CHANGING = /^(content-.*|transfer-encoding|connection)$/
/** Beyond so many parts, comparing costs more than parsing. */
const MOST_PARTS = 8

/**
 * Values of headers that may change between two right responses, ascending: the Date always; those in which the two differ; those that
 * were known to change. Where more than values of headers differs, there is nothing to learn from the older one.
 * @param response complete, and found right
 * @param older another one; null: none yet
 * @param known what changed among older ones
 */
export function changingValues(response: Buffer, older: Buffer | null, known: readonly ByteSpan[]): readonly ByteSpan[] {
  const values = headerValues(response)
  const changing = older === null || older.length !== response.length ? null : between(values, response, older, known)
  return changing ?? values.filter(({ name }) => name === 'date')
}

function between(values: readonly HeaderValue[], response: Buffer, older: Buffer, known: readonly ByteSpan[]) {
  const [before, after] = [headerValues(older), headerValues(response)]
  const sameHeaders = before.length === after.length && before.every((one, index) => isSame(one, after[index]!))
  if (!sameHeaders) return null
  const differs = ({ start, end }: ByteSpan) => older.compare(response, start, end, start, end) !== 0
  const changed = values.filter(differs)
  if (changed.length === 0 || changed.some(({ name }) => NEVER_CHANGING.test(name))) return null
  const changing = values.filter(
    (value) => value.name === 'date' || changed.includes(value) || known.some(({ start }) => start === value.start),
  )
  return changing.length <= MOST_PARTS ? changing : null
}

function isSame(one: HeaderValue, other: HeaderValue): boolean {
  return one.name === other.name && one.start === other.start && one.end === other.end
}

/** Names of the headers of a complete response, and where their values are. */
function headerValues(response: Buffer): HeaderValue[] {
  const head = response.toString('latin1', 0, response.indexOf('\r\n\r\n'))
  return [...head.matchAll(/\r\n([^:\r\n]+):[ \t]*([^\r\n]*)/dg)].map(({ 1: name, indices }) => {
    const [start, end] = indices![2]!
    return { name: name!.toLowerCase(), start, end }
  })
}
