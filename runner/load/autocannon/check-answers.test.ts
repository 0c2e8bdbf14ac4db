import type autocannon from 'autocannon'
import { describe, expect, it } from 'vitest'
import { pulsed, pulseUntil, settle } from '../../fixtures/pulsed.ts'
import { type Asked, bodyOf, response, type ScriptedServer, scriptedServer } from '../../fixtures/scripted-server.ts'
import { assertClientShape } from './check-answers.ts'

const BODY = bodyOf('/hello')
const UNHURT = { drained: true, lost: 0, timeouts: 0, broken: false }

/** Pulses against a server that answers request number 10 (and only that one) in another way. */
async function pulseWithOne(other: (asked: Asked) => void, connections = 1) {
  await using server = await scriptedServer((asked) => (asked.number === 10 ? other(asked) : asked.answer()))
  using load = await pulsed(server.address, { connections })
  const outcome = await pulseUntil(() => server.asked.total > 20, load)
  return { outcome, asked: server.asked.total }
}

describe('right answers', () => {
  const rightEachTime = async (script: (asked: Asked) => void) => {
    await using server = await scriptedServer(script)
    using load = await pulsed(server.address, { connections: 3 })
    const outcome = await pulseUntil(() => server.asked.total > 60, load)
    expect(outcome).toMatchObject({ ...UNHURT, wrongAnswers: 0, reconnects: 0, firstProblem: null, requests: server.asked.total })
  }
  /** `Sun, 06 Nov 1994 08:49:37 GMT`, another second each time. */
  const date = (number: number) => new Date(784_111_777_000 + number * 1000).toUTCString()

  it('may have another Date each time', () =>
    rightEachTime(({ answer, number }) => answer(BODY, { headers: [`Date: ${date(number)}`, 'Server: mine'] })))

  it('may have any other header that changes, also in its length', () =>
    rightEachTime(({ answer, number }) => answer(BODY, { headers: [`X-Request-Id: ${number}`] })))

  it('may come in two chunks, cut anywhere', () =>
    rightEachTime(({ socket, number }) => {
      const text = response(BODY)
      const cut = 1 + (number % (text.length - 1))
      socket.write(text.slice(0, cut))
      setImmediate(() => socket.write(text.slice(cut)))
    }))

  it('may come chunked, byte by byte, or with a body that looks like a response', () =>
    rightEachTime(({ socket, answer, number }) => {
      if (number % 3 === 0)
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`)
      else if (number % 3 === 1) for (const byte of response(BODY)) socket.write(byte)
      else answer()
    }))
})

it('JSON with a part that changes is right each time, and wrong where another part changes', async () => {
  const json = { value: { id: 1, at: 0 }, mayChange: ['/at'] }
  const requests = [{ endpoint: 'json', path: '/json', status: 200, body: '{"id":1,"at":0}', json }]
  const script = ({ answer, number }: Asked) => answer(JSON.stringify({ at: number ** 3, id: number === 10 ? 2 : 1 }))
  await using server = await scriptedServer(script)
  using load = await pulsed(server.address, { connections: 3, requests })
  const outcome = await pulseUntil(() => server.asked.total > 60, load)
  expect(outcome).toMatchObject({ ...UNHURT, wrongAnswers: 1, requests: server.asked.total - 1 })
  expect(outcome.firstProblem).toBe('the server answered with other JSON: /id is 2, expected 1')
})

describe('wrong answers', () => {
  it.each([
    ['another status', (asked: Asked) => asked.answer(BODY, { status: '500 Oops' }), 'status 500 instead of 200'],
    ['a status of the same length', (asked: Asked) => asked.answer(BODY, { status: '201 OK' }), 'status 201 instead of 200'],
    ['a longer body', (asked: Asked) => asked.answer(`${BODY}!`), `a body of ${BODY.length + 1} bytes instead of ${BODY.length}`],
    ['a shorter body', (asked: Asked) => asked.answer('short'), `a body of 5 bytes instead of ${BODY.length}`],
    ['no body', (asked: Asked) => asked.answer(''), `a body of 0 bytes instead of ${BODY.length}`],
    ['one wrong byte', (asked: Asked) => asked.answer(`${BODY.slice(0, -1)}O`), 'a body of the right length with wrong bytes'],
    ['another path', (asked: Asked) => asked.answer(bodyOf('/template')), 'a body of 16 bytes instead of 13'],
    [
      'an informational response first',
      (asked: Asked) => asked.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'),
      'status 103 instead of 200',
    ],
  ])('%s: counted once, and the load goes on', async (_what, other, sentence) => {
    const { outcome, asked } = await pulseWithOne(other)
    expect(outcome).toMatchObject({
      ...UNHURT,
      wrongAnswers: 1,
      reconnects: 0,
      firstProblem: `the server answered with ${sentence}`,
    })
    expect(outcome.requests).toBe(asked - 1)
  })

  it('are all counted, also when the very first one is wrong', async () => {
    await using server = await scriptedServer((asked) => asked.answer('nonsense'))
    using load = await pulsed(server.address)
    const outcome = await load.pulse()
    expect(outcome).toMatchObject({ ...UNHURT, requests: 0, wrongAnswers: server.asked.total })
    expect(outcome.wrongAnswers).toBeGreaterThan(4)
  })

  it('of one pulse are not charged to the next', async () => {
    let wrong = true
    await using server = await scriptedServer((asked) => asked.answer(wrong ? 'nonsense' : undefined))
    using load = await pulsed(server.address)
    expect((await load.pulse()).wrongAnswers).toBeGreaterThan(0)
    wrong = false
    expect(await load.pulse()).toMatchObject({ ...UNHURT, wrongAnswers: 0, firstProblem: null })
  })
})

describe('bytes that are no answer', () => {
  it('garbage: counted, its request lost, its connection replaced', async () => {
    const { outcome, asked } = await pulseWithOne(({ socket }) => socket.write('this is not HTTP at all\r\n\r\n'))
    expect(outcome).toMatchObject({ drained: true, wrongAnswers: 1, lost: 1, reconnects: 1, broken: false, timeouts: 0 })
    expect(outcome.firstProblem).toMatch(/bytes that are no HTTP response/)
    expect(outcome.requests).toBe(asked - 1)
  })

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', `X-Filler: ${'x'.repeat(1_000)}\r\n`, 'headers of more than 16 KiB'],
    ['a first line', 'HTTP/1.1 200 ', 'x'.repeat(1_000), 'headers of more than 16 KiB'],
    ['a body', 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n', 'x'.repeat(1_000), 'a body that does not end'],
    ['a body without a length', 'HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(1_000), 'a body that does not end'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n', 'a body that does not end'],
    [
      'the name of a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;',
      'x'.repeat(1_000),
      'a body that does not end',
    ],
    ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'X: y\r\n', 'a body that does not end'],
  ])('%s without an end: cut off at once, counted as wrong', async (_what, start, endless, sentence) => {
    let sent = 0
    const { outcome, asked } = await pulseWithOne(({ socket }) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(endless)) sent += endless.length
      }
      socket.on('drain', flood)
      socket.write(start)
      flood()
    })
    expect(outcome).toMatchObject({ drained: true, wrongAnswers: 1, lost: 1, reconnects: 1, broken: false, timeouts: 0 })
    expect(outcome.firstProblem).toContain(`the server answered with ${sentence}`)
    expect(outcome.requests).toBe(asked - 1)
    // The kernel's buffers hold a few megabytes at most; had it been read until the time was up, it would be hundreds.
    expect(sent).toBeLessThan(50_000_000)
  })

  const unsolicited = async (send: (server: ScriptedServer) => void) => {
    await using server = await scriptedServer((asked) => asked.answer())
    using load = await pulsed(server.address)
    const first = await load.pulse()
    send(server)
    await settle()
    const second = await load.pulse()
    expect(first).toMatchObject({ ...UNHURT, wrongAnswers: 0 })
    expect(first.requests + second.requests).toBe(server.asked.total)
    return second
  }

  it('nobody requested: told of in the next pulse, over a new connection', async () => {
    const outcome = await unsolicited(({ sockets }) => [...sockets][0]!.write(response(BODY)))
    expect(outcome).toMatchObject({ ...UNHURT, wrongAnswers: 1, reconnects: 1 })
    expect(outcome.firstProblem).toBe('the server answered with bytes that were not requested')
  })

  it('a second answer right behind the first: counted as wrong', async () => {
    const { outcome } = await pulseWithOne(({ socket }) => socket.write(response(BODY) + response(BODY)))
    expect(outcome.wrongAnswers).toBe(1)
    expect(outcome.firstProblem).toMatch(/bytes that were not requested/)
  })

  it('bytes behind the body: counted as wrong', async () => {
    const { outcome } = await pulseWithOne(({ socket }) => socket.write(`${response(BODY)}more`))
    expect(outcome.wrongAnswers).toBe(1)
    expect(outcome.lost).toBeLessThanOrEqual(1)
  })
})

describe('long answers', () => {
  /** Numbered, so that no part is equal to another. */
  const LONG = Array.from({ length: 10_000 }, (_, line) => String(line).padStart(9, '0')).join('\n')
  const requests = [{ endpoint: 'long', path: '/long', status: 200, body: LONG }]

  /** Pulses against a server that sends a long answer in pieces; what it sends as request number 5 (and only that one) is told. */
  async function pulseLong(other: (asked: Asked) => void, connections = 2) {
    await using server = await scriptedServer((asked) => (asked.number === 5 ? other(asked) : inPieces(asked, response(LONG))))
    using load = await pulsed(server.address, { connections, requests })
    const outcome = await pulseUntil(() => server.asked.total > 12, load)
    return { outcome, asked: server.asked.total }
  }

  it.each(['Date: Sun, 06 Nov 1994 08:49:37 GMT', 'X-Request-Id: 7', 'X-Nothing: 1'])(
    'are right in as many pieces as they come, with %s',
    async (header) => {
      await using server = await scriptedServer((asked) =>
        inPieces(asked, response(LONG, { headers: [header.replace('7', String(asked.number % 10))] })),
      )
      using load = await pulsed(server.address, { connections: 3, requests })
      const outcome = await pulseUntil(() => server.asked.total > 20, load)
      expect(outcome).toMatchObject({ ...UNHURT, wrongAnswers: 0, reconnects: 0, requests: server.asked.total })
      expect(outcome.receivedBytes).toBe(server.asked.total * Buffer.byteLength(response(LONG, { headers: [header] })))
    },
  )

  it.each([
    ['a wrong byte at the end', `${LONG.slice(0, -1)}x`, 'a body of the right length with wrong bytes'],
    [
      'a wrong byte in the middle',
      `${LONG.slice(0, 50_000)}x${LONG.slice(50_001)}`,
      'a body of the right length with wrong bytes',
    ],
    ['a byte less', LONG.slice(0, -1), `a body of ${LONG.length - 1} bytes instead of ${LONG.length}`],
    ['a byte more', `${LONG}x`, `a body of ${LONG.length + 1} bytes instead of ${LONG.length}`],
  ])('with %s are wrong, after others that were known', async (_what, body, sentence) => {
    const { outcome, asked } = await pulseLong((asked) => inPieces(asked, response(body)))
    expect(outcome).toMatchObject({ ...UNHURT, wrongAnswers: 1, firstProblem: `the server answered with ${sentence}` })
    expect(outcome.requests).toBe(asked - 1)
  })

  it('that break off are lost, and the next one on a new connection is known again', async () => {
    const { outcome, asked } = await pulseLong(({ socket }) => {
      socket.write(response(LONG).slice(0, 40_000), () => socket.end())
    })
    expect(outcome).toMatchObject({ drained: true, wrongAnswers: 0, lost: 1, reconnects: 1, broken: false })
    expect(outcome.requests).toBe(asked - 1)
  })

  it('with bytes behind them are wrong', async () => {
    const { outcome } = await pulseLong((asked) => inPieces(asked, `${response(LONG)}more`))
    expect(outcome.wrongAnswers).toBe(1)
  })
})

/** Far apart enough to be read one by one, mostly; where the first cut is changes from one answer to the next. */
function inPieces({ socket, number }: Asked, text: string): void {
  const cuts = [0, 30 + ((number * 37) % 200), 33_000, 70_001, text.length]
  const send = (piece: number) => {
    if (piece + 1 >= cuts.length || socket.destroyed) return
    socket.write(text.slice(cuts[piece], cuts[piece + 1]), () => setImmediate(() => send(piece + 1)))
  }
  send(0)
}

describe('assertClientShape', () => {
  it('names what a client of another version does not have', () => {
    const client = {
      _connect() {},
      _doRequest() {},
      parser: { reinitialize() {} },
      pipelinedRequests: { addByteCount() {}, clear() {} },
    }
    const missing = /client\._resetConnection, client\.parser\.execute, client\.requestIterator\.nextRequest: use the version/
    expect(() => assertClientShape(client as unknown as autocannon.Client)).toThrow(missing)
  })
})
