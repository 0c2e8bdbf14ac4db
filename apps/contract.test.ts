import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { appFixture, startApp } from '../runner/fixtures/start-app.ts'
import { knownApps, resolveApp } from '../runner/servers/find-app.ts'
import { endpointIds, moreEndpointIds } from './app.ts'
import type { Address } from './ask.ts'
import { checkContract, contract, type EndpointCheck, type ExpectedAnswer } from './contract.ts'
import { describeViolation } from './violation.ts'

const folder = mkdtempSync(join(tmpdir(), 'contract-'))
afterAll(() => rmSync(folder, { recursive: true }))

const limits = { endpoints: endpointIds, timeoutMs: 5_000 }

describe.each(knownApps())('%s', (id) => {
  const { modulePath } = resolveApp(id, folder)

  it.each(['tcp', 'unix'] as const)('keeps the contract over %s', async (transport) => {
    const server = await startApp(modulePath, { transport })
    try {
      const checks = await checkContract(server.address, limits)
      expect(checks.map(({ endpoint }) => endpoint)).toEqual([...endpointIds, 'wrong-path'])
      expect(checks.flatMap(({ violations }) => violations)).toEqual([])
      for (const check of checks) {
        if (check.endpoint !== 'wrong-path') await expectOnTheWire(server.address, check)
      }
    } finally {
      await server.stop()
    }
  })

  it('answers what is asked for by name only where it is told to, and not elsewhere', async () => {
    const more = { endpoints: moreEndpointIds, timeoutMs: 5_000 }
    const told = await startApp(modulePath, { more: true })
    const checks = await checkContract(told.address, { ...more, endpoints: [...endpointIds, ...moreEndpointIds] }).finally(
      told.stop,
    )
    expect(checks.flatMap(({ endpoint, violations }) => violations.map((one) => [endpoint, describeViolation(one)]))).toEqual([])
    const usual = await startApp(modulePath)
    const missing = (await checkContract(usual.address, more).finally(usual.stop)).filter(
      ({ violations }) => violations.length > 0,
    )
    expect(missing.map(({ endpoint }) => endpoint)).toEqual(['json', 'params', 'post', 'routes'])
  })
})

/** The same answer read from a bare socket: what the checker says about it must be so. */
async function expectOnTheWire(address: Address, check: EndpointCheck): Promise<void> {
  const raw = await read(address, `GET /${check.endpoint} HTTP/1.1\r\nHost: localhost\r\n\r\n`, '\r\n\r\n', check)
  const expected = contract[check.endpoint as keyof typeof contract]
  const [head, body] = raw.split('\r\n\r\n') as [string, string]
  expect(head.split('\r\n')[0]).toBe('HTTP/1.1 200 OK')
  expect(head.toLowerCase()).toContain(`\r\ncontent-type: ${expected.contentType}\r\n`)
  expect(`${head.toLowerCase()}\r\n`).toContain(`\r\ncontent-length: ${expected.contentLength}\r\n`)
  expect(head.toLowerCase()).not.toContain('transfer-encoding')
  expect(body).toBe(expected.body)
  expect(Buffer.byteLength(head) + 4).toBe(check.headerBytes)
}

function read(address: Address, request: string, end: string, check: EndpointCheck): Promise<string> {
  const expected = contract[check.endpoint as keyof typeof contract]
  return new Promise((resolve, reject) => {
    const socket = address.transport === 'unix' ? connect(address.path) : connect(address.port, address.host)
    let text = ''
    socket.setEncoding('utf8').on('error', reject)
    socket.on('data', (part) => {
      text += part
      const head = text.indexOf(end)
      if (head < 0 || text.length < head + end.length + expected.contentLength) return
      socket.destroy()
      resolve(text)
    })
    socket.write(request)
  })
}

describe('an app that breaks the contract', () => {
  const broken = (name: string, endpoints: readonly (keyof typeof contract)[], closes = false) =>
    startApp(appFixture(name)).then(async (server) => {
      const checks = await checkContract(server.address, { endpoints, closes, timeoutMs: 5_000 })
      await server.stop()
      return Object.fromEntries(checks.map(({ endpoint, violations }) => [endpoint, violations]))
    })

  it('is caught with wrong status, type, length and body', async () => {
    const violations = await broken('wrong-answers', ['hello', 'template', 'lookup'])
    expect(violations.hello).toEqual([{ what: 'content-type', expected: 'text/plain; charset=utf-8', actual: 'text/plain' }])
    expect(violations.template).toEqual([
      { what: 'status', expected: '200', actual: '500' },
      { what: 'content-length', expected: '145', actual: '4' },
      { what: 'body', expected: contract.template.body, actual: 'Oops' },
    ])
    expect(violations.lookup).toEqual([{ what: 'body', expected: '25000', actual: '25001' }])
    expect(violations['wrong-path']).toEqual([{ what: 'status', expected: '404', actual: '200' }])
  })

  it('is caught saying other JSON than expected, wherever that may not change', async () => {
    const expectation = (value: unknown, mayChange: readonly string[] = []): ExpectedAnswer => ({
      ...{ path: '/hello', status: 200, contentType: null, contentLength: 0, body: JSON.stringify(value) },
      json: { value, mayChange },
    })
    const answers = {
      same: expectation({ b: [1], a: { at: 1 } }, ['/a/at']),
      other: expectation({ b: [1], a: { at: 1 } }),
    }
    const server = createServer((_request, response) => {
      const body = JSON.stringify({ a: { at: Math.random() }, b: [1] })
      response.writeHead(200, { 'Content-Length': body.length }).end(body)
    })
    await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
    const { port } = server.address() as AddressInfo
    const address = { transport: 'tcp', host: '127.0.0.1', port } as const
    const [same, other] = await checkContract(address, { endpoints: Object.keys(answers), answers, timeoutMs: 5_000 })
    server.close()
    expect(same?.violations).toEqual([])
    expect(other?.violations.map(({ what, actual }) => [what, actual])).toEqual([
      ['json', expect.stringMatching(/^\/a\/at is 0\.\d+, expected 1$/)],
    ])
  })

  it('is caught sending chunks', async () => {
    const { hello } = await broken('chunked', ['hello'])
    expect(hello).toEqual([{ what: 'chunked', expected: 'a Content-Length', actual: 'Transfer-Encoding: chunked' }])
  })

  it('is caught announcing the end of the connection', async () => {
    const { hello } = await broken('closes-connections', ['hello'])
    expect(hello).toEqual([{ what: 'connection', expected: 'kept alive', actual: 'the answer says Connection: close' }])
    expect((await broken('closes-connections', ['hello'], true)).hello).toEqual([])
  })
})
