/** What a body has to say where it need not be the same bytes. */
export interface ExpectedJson {
  readonly value: unknown
  /** Places whose values are not looked at, as JSON Pointers (RFC 6901); a segment `*` stands for every item or member. They have to be there. */
  readonly mayChange: readonly string[]
}

/** A JSON Pointer to a part of a value. */
export const POINTER = /^(\/([^/~]|~[01])*)+$/
const MOST_CHARACTERS = 60

/** The first difference of a body from what is expected, as a clause for people; null: there is none. */
export function jsonFault(body: Buffer, { value, mayChange }: ExpectedJson): string | null {
  let actual: unknown
  try {
    actual = JSON.parse(body.toString())
  } catch {
    return 'it is not JSON'
  }
  return differenceAt('', value, actual, mayChange.map(segmentsOf))
}

/** @param free what may change, from here on: an empty list of segments is this very place */
function differenceAt(place: string, expected: unknown, actual: unknown, free: readonly (readonly string[])[]): string | null {
  if (free.some((segments) => segments.length === 0)) return null
  const here = place === '' ? 'the whole' : place
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return Object.is(expected, actual) ? null : `${here} is ${inWords(actual)}, expected ${inWords(expected)}`
  }
  for (const name of Object.keys({ ...expected, ...actual })) {
    const at = `${place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(expected, name)) return `${at} is not expected`
    if (!Object.hasOwn(actual, name)) return `${at} is missing`
    const below = free.flatMap(([first, ...rest]) => (first === name || first === '*' ? [rest] : []))
    const found = differenceAt(at, expected[name], actual[name], below)
    if (found !== null) return found
  }
  return null
}

function segmentsOf(pointer: string): string[] {
  const segments = pointer.split('/').slice(1)
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function inWords(value: unknown): string {
  if (isContainer(value)) return Array.isArray(value) ? 'an array' : 'an object'
  const text = String(JSON.stringify(value))
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`
}
