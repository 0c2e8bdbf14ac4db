import { Agent } from 'node:http'
import type { EndpointId, MoreEndpointId } from './app.ts'
import { type Address, type Answer, type AskedRequest, type AskLimits, ask, NoAnswerError, usualBodyBytes } from './ask.ts'
import { type ExpectedJson, jsonFault } from './json-difference.ts'
import type { Violation } from './violation.ts'

/** What every app answers to the request of an endpoint, byte for byte. */
export interface ExpectedAnswer {
  readonly path: string
  /** Absent: GET. */
  readonly request?: AskedRequest
  readonly status: number
  /** null: any, or one of `headers`. */
  readonly contentType: string | null
  /** Further ones that have to be there, by name; absent: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes of the body. */
  readonly contentLength: number
  readonly body: string
  /** Any body is right, and any length of it: each app has its own. Absent: the one above. */
  readonly anyBody?: true
  /** Any body is right that says this; the one above is an example. Absent: that one alone. */
  readonly json?: ExpectedJson
}

/** What a right body cannot be longer than, bytes. */
export function mostBodyBytes({ body, anyBody, json }: Pick<ExpectedAnswer, 'body' | 'anyBody' | 'json'>): number {
  const bytes = Buffer.byteLength(body)
  return anyBody ? usualBodyBytes : json === undefined ? bytes : 2 * bytes + usualBodyBytes
}

/** Written out, not computed by the workload: each is there to catch a slip in the other. */
export const contract: Readonly<Record<EndpointId, ExpectedAnswer>> = {
  hello: answerOf('hello', 'text/plain', 13, 'Hello, World!'),
  template: answerOf(
    'template',
    'text/html',
    145,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Hello</title></head>
<body>
<h1>Hello, Ada &amp; Grace!</h1>
</body>
</html>
`,
  ),
  table: answerOf(
    'table',
    'text/html',
    553,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Orders</title></head>
<body>
<table>
<tr><td>1001</td><td>Ada &amp; Grace</td><td>bolts &lt; 5 mm</td><td>12</td><td>0.35</td><td>open</td></tr>
<tr><td>1002</td><td>Edsger</td><td>&quot;special&quot; nuts</td><td>7</td><td>1.20</td><td>paid</td></tr>
<tr><td>1003</td><td>Barbara</td><td>washers</td><td>144</td><td>0.02</td><td>sent</td></tr>
<tr><td>1004</td><td>O&#39;Neil &amp; Sons</td><td>screws &gt; 8 mm</td><td>50</td><td>0.11</td><td>open</td></tr>
</table>
</body>
</html>
`,
  ),
  lookup: answerOf('lookup', 'text/plain', 5, '25000'),
}

function answerOf(endpoint: EndpointId, type: string, contentLength: number, body: string): ExpectedAnswer {
  return { path: `/${endpoint}`, status: 200, contentType: `${type}; charset=utf-8`, contentLength, body }
}

const JSON_TYPE = 'application/json; charset=utf-8'
const order =
  `{"id":1001,"customer":"Ada & Grace","note":"${'x'.repeat(560)}","lines":[{"article":"bolts < 5 mm","pieces":12,"price":0.5},` +
  '{"article":"\\"special\\" nuts","pieces":13,"price":1.5},{"article":"washers","pieces":14,"price":2.5},' +
  '{"article":"screws > 8 mm","pieces":15,"price":3.5},{"article":"hinges","pieces":16,"price":4.5},{"article":"hooks","pieces":17,"price":5.5},' +
  '{"article":"nails","pieces":18,"price":6.5},{"article":"brackets","pieces":19,"price":7.5}]}'
const user = '{"id":"42","fields":["name","email"]}'

/** What is asked for by name only. */
export const moreContract: Readonly<Record<MoreEndpointId, ExpectedAnswer>> = {
  json: { path: '/json', status: 200, contentType: JSON_TYPE, contentLength: 1000, body: order },
  params: { path: '/users/42?fields=name,email', status: 200, contentType: JSON_TYPE, contentLength: 37, body: user },
  post: {
    path: '/orders',
    request: { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: order },
    ...{ status: 200, contentType: JSON_TYPE, contentLength: 1000, body: order },
  },
  routes: {
    path: '/routes/100',
    status: 200,
    contentType: 'text/plain; charset=utf-8',
    contentLength: 17,
    body: 'route /routes/100',
  },
  'not-found': { path: '/not-here', status: 404, contentType: null, contentLength: 0, body: '', anyBody: true },
}

const allAnswers: Readonly<Record<string, ExpectedAnswer>> = { ...contract, ...moreContract }

/** A path no app knows: every app answers it with 404, each with a body of its own. */
export const wrongPath = '/no-such-endpoint'

/** How one endpoint, or the wrong path, was answered. */
export interface EndpointCheck {
  /** `wrong-path` for the path that no app knows. */
  readonly endpoint: string
  /** Bytes of status line, headers and blank line as on the wire; null without an answer. */
  readonly headerBytes: number | null
  /** As sent, in order. */
  readonly headers: Answer['headers']
  /** Empty if the contract is kept. */
  readonly violations: readonly Violation[]
}

export interface ContractOptions extends AskLimits {
  readonly endpoints: readonly string[]
  /** The deployment closes every connection after its answer, and says so; absent: it keeps them. */
  readonly closes?: boolean
  /** What is expected of endpoints that are not in the contract of all apps. */
  readonly answers?: Readonly<Record<string, ExpectedAnswer>>
}

/** What an endpoint has to answer: one of the contract's, or one that a study brings. @throws RangeError for one that nobody knows */
export function expectedAnswer(endpoint: string, answers: ContractOptions['answers'] = {}): ExpectedAnswer {
  const expected = answers[endpoint] ?? allAnswers[endpoint]
  if (expected === undefined) throw new RangeError(`nobody knows what ${endpoint} has to answer`)
  return expected
}

/**
 * Checks a running deployment against the contract: two requests per endpoint, on one connection, then one for the wrong path.
 * Never hangs: `timeoutMs` bounds each single answer. A deployment that does not answer is a violation, not an error.
 *
 * @returns one check per endpoint, in the order given, and the wrong path's last
 * @throws the signal's reason if it aborts
 */
export async function checkContract(address: Address, options: ContractOptions): Promise<EndpointCheck[]> {
  const checks: EndpointCheck[] = []
  for (const endpoint of options.endpoints) checks.push(await checkEndpoint(address, endpoint, options))
  checks.push(await checkWrongPath(address, options))
  return checks
}

function checkEndpoint(address: Address, endpoint: string, options: ContractOptions): Promise<EndpointCheck> {
  const expected = expectedAnswer(endpoint, options.answers)
  const { request } = expected
  const limits: AskLimits = {
    ...options,
    ...(request !== undefined && { request }),
    longestBodyBytes: Math.max(usualBodyBytes, mostBodyBytes(expected)),
  }
  return withAgent(endpoint, async (agent) => {
    const first = await ask(agent, address, expected.path, limits)
    const found = answerViolations(expected, first)
    const violations = options.closes ? found.filter(({ what }) => what !== 'connection') : found
    // A close that was announced is one violation already; a broken answer leaves no connection to ask again on.
    if (!options.closes && first.incomplete === null && !violations.some(({ what }) => what === 'connection')) {
      const again = await askAgain(agent, address, expected.path, limits, first)
      violations.push(...('what' in again ? [again] : violations.length > 0 ? [] : answerViolations(expected, again)))
    }
    return { endpoint, headerBytes: first.headerBytes, headers: first.headers, violations }
  })
}

function checkWrongPath(address: Address, limits: AskLimits): Promise<EndpointCheck> {
  return withAgent('wrong-path', async (agent) => {
    const { status, headerBytes, headers, incomplete } = await ask(agent, address, wrongPath, limits)
    const violations: Violation[] = []
    if (status !== 404) violations.push({ what: 'status', expected: '404', actual: String(status) })
    if (incomplete !== null) violations.push({ what: 'no-answer', expected: 'a complete answer', actual: incomplete })
    return { endpoint: 'wrong-path', headerBytes, headers, violations }
  })
}

/** One agent per check: what one endpoint does to its connection must not show up at the next. */
async function withAgent(endpoint: EndpointCheck['endpoint'], check: (agent: Agent) => Promise<EndpointCheck>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    return await check(agent)
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    return { endpoint, headerBytes: null, headers: [], violations: [noAnswer(error)] }
  } finally {
    agent.destroy()
  }
}

/** The same request a second time: answered on the same connection, or the violation there is in it. */
async function askAgain(agent: Agent, address: Address, path: string, limits: AskLimits, first: Answer) {
  const notKept = (actual: string): Violation => ({ what: 'connection', expected: 'kept alive', actual })
  try {
    const second = await ask(agent, address, path, limits)
    if (second.connection === first.connection) return second
    return notKept('the second request needed a new connection')
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    return error.closed ? notKept('it was closed when the second request came') : noAnswer(error)
  }
}

function answerViolations(expected: ExpectedAnswer, answer: Answer): Violation[] {
  const violations: Violation[] = []
  const demand = (what: Violation['what'], should: string, actual: string) => {
    if (should !== actual) violations.push({ what, expected: should, actual })
  }
  // The load generator, as other simple clients, would take it for the answer.
  demand('informational', none, answer.informational.join(', ') || none)
  demand('status', String(expected.status), String(answer.status))
  const encoding = headerValue(answer, 'content-encoding')
  const isPlain = encoding === none || encoding === 'identity'
  const isExact = !expected.anyBody && expected.json === undefined
  if (!isPlain) violations.push({ what: 'content-encoding', expected: none, actual: encoding })
  if (expected.contentType !== null) demand('content-type', expected.contentType, headerValue(answer, 'content-type'))
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    demand('header', `${name}: ${value}`, `${name}: ${headerValue(answer, name.toLowerCase())}`)
  }
  const transfer = headerValue(answer, 'transfer-encoding')
  if (transfer !== none)
    violations.push({ what: 'chunked', expected: 'a Content-Length', actual: `Transfer-Encoding: ${transfer}` })
  else if (isPlain && isExact) demand('content-length', String(expected.contentLength), headerValue(answer, 'content-length'))
  if (answer.incomplete !== null) {
    violations.push({ what: 'no-answer', expected: 'a complete answer', actual: answer.incomplete })
  } else if (isPlain && isExact && !answer.body.equals(Buffer.from(expected.body))) {
    violations.push({ what: 'body', expected: expected.body, actual: answer.body.toString() })
  }
  const difference = expected.json !== undefined && isPlain ? jsonFault(answer.body, expected.json) : null
  if (difference !== null) violations.push({ what: 'json', expected: expected.body, actual: difference })
  const connection = headerValue(answer, 'connection')
  if (/\bclose\b/i.test(connection)) {
    violations.push({ what: 'connection', expected: 'kept alive', actual: `the answer says Connection: ${connection}` })
  }
  return violations
}

const none = '(none)'

/** All values of a header, as sent: one that is sent twice is not what the contract says. */
function headerValue(answer: Answer, name: string): string {
  const values = answer.headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value)
  return values.length === 0 ? none : values.join(', ')
}

function noAnswer(error: NoAnswerError): Violation {
  return { what: 'no-answer', expected: 'an answer', actual: error.message }
}
