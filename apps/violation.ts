/** What an answer may get wrong, as a clause for people. */
const clauses = {
  informational: (actual) =>
    `status ${shorten(actual)} is sent before the answer: informational responses (1xx) were not requested`,
  status: (actual, expected) => `status is ${actual}, expected ${expected}`,
  'content-type': (actual, expected) => `Content-Type is ${shorten(actual)}, expected ${shorten(expected)}`,
  header: (actual, expected) => `header is ${shorten(actual)}, expected ${shorten(expected)}`,
  'content-encoding': (actual) =>
    `body is sent with Content-Encoding: ${shorten(actual)} although the request did not ask for it`,
  'content-length': (actual, expected) => `Content-Length is ${shorten(actual)}, expected ${expected}`,
  chunked: (actual, expected) => `body is sent with ${shorten(actual)}, expected ${expected}`,
  connection: (actual) => `connection is not kept alive: ${shorten(actual)}`,
  'no-answer': (actual) => `no complete answer: ${shorten(actual)}`,
  together: (actual, expected) => `only ${actual} of ${expected} connections were answered while all of them were open`,
  json: (actual) => `body differs: ${actual}`,
  body: (actual, expected) => describeBody(Buffer.from(expected), Buffer.from(actual)),
} satisfies Record<string, (actual: string, expected: string) => string>

/** One way in which an answer differs from what the contract demands. */
export interface Violation {
  readonly what: keyof typeof clauses
  /** What the contract says; a header that is not there is `(none)`. */
  readonly expected: string
  /** What came; a body holds as much as was read of it. */
  readonly actual: string
}

const bytesBeforeDifference = 20
const bytesAfterDifference = 40
const longestValue = 80

/** A violation as one clause for people, without the endpoint's name: `status is 500, expected 200`. */
export function describeViolation({ what, expected, actual }: Violation): string {
  return clauses[what](actual, expected)
}

/** Two bodies are told apart by the first byte that differs, with a little of what stands around it. */
function describeBody(expected: Buffer, actual: Buffer): string {
  const shorter = Math.min(expected.length, actual.length)
  let at = 0
  while (at < shorter && expected[at] === actual[at]) at += 1
  return `body differs at byte ${at}: expected ${excerpt(expected, at)}, got ${excerpt(actual, at)}`
}

function excerpt(body: Buffer, at: number): string {
  if (at >= body.length) return `its end after ${body.length} bytes`
  const from = Math.max(0, at - bytesBeforeDifference)
  const to = Math.min(body.length, at + bytesAfterDifference)
  const text = JSON.stringify(body.toString('utf8', from, to)).slice(1, -1)
  return `"${from > 0 ? '…' : ''}${text}${to < body.length ? '…' : ''}"`
}

function shorten(value: string): string {
  return value.length <= longestValue ? value : `${value.slice(0, longestValue)}…`
}
