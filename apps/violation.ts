/** One way in which an answer differs from what the contract demands. */
export interface Violation {
  readonly what:
    | 'informational'
    | 'status'
    | 'body'
    | 'content-type'
    | 'content-encoding'
    | 'content-length'
    | 'chunked'
    | 'connection'
    | 'no-answer'
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
  switch (what) {
    case 'informational':
      return `status ${shorten(actual)} is sent before the answer: informational responses (1xx) were not requested`
    case 'status':
      return `status is ${actual}, expected ${expected}`
    case 'content-type':
      return `Content-Type is ${shorten(actual)}, expected ${shorten(expected)}`
    case 'content-encoding':
      return `body is sent with Content-Encoding: ${shorten(actual)} although the request did not ask for it`
    case 'content-length':
      return `Content-Length is ${shorten(actual)}, expected ${expected}`
    case 'chunked':
      return `body is sent with ${shorten(actual)}, expected ${expected}`
    case 'connection':
      return `connection is not kept alive: ${shorten(actual)}`
    case 'no-answer':
      return `no complete answer: ${shorten(actual)}`
    case 'body':
      return describeBody(Buffer.from(expected), Buffer.from(actual))
  }
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
