import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type App, endpointIds } from '../app.ts'
import { checkContract } from '../contract.ts'
import { workload } from '../workload/workload.ts'
import * as express from './express.ts'
import * as fastify from './fastify.ts'
import * as hono from './hono.ts'
import * as koa from './koa.ts'
import { bareFrameworks, type FrameworkId, frameworkIds, type PieceId, pieceIds, pieceSources } from './pieces.ts'

const frameworks: Record<FrameworkId, { withPieces: typeof koa.withPieces; bare?: () => App }> = { express, fastify, koa, hono }
/** Above the 1,024 bytes from which everybody compresses. */
const LARGE = `<!doctype html>${'Ada & Grace '.repeat(200)}`

let folder: string
let servers: Server[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'middleware-'))
  // Koa prints errors of requests.
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(async () => {
  for (const server of servers) server.close().closeAllConnections()
  servers = []
  rmSync(folder, { recursive: true })
  vi.restoreAllMocks()
})

interface Running {
  readonly port: number
  readonly logFile: string
}

async function serve(make: (settings: { logFile: string }) => App, over: Partial<typeof workload> = {}): Promise<Running> {
  const logFile = join(folder, `${servers.length}.log`)
  writeFileSync(logFile, '')
  const server = await make({ logFile }).createServer({ ...workload, ...over })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, logFile }
}

interface Wish {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

async function ask({ port }: Running, { path = '/hello', method = 'GET', headers = {}, body }: Wish = {}): Promise<Got> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false })
  request.end(body)
  const [response] = await once(request, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
}

/** How a piece is seen at work from outside. */
const atWork: Record<PieceId, (running: Running, isExpected: boolean) => Promise<boolean>> = {
  async 'request-id'(running) {
    const ids = [await ask(running), await ask(running)].map(({ headers }) => String(headers['x-request-id']))
    return ids.every((id) => /^[0-9a-f-]{36}$/.test(id)) && ids[0] !== ids[1]
  },
  async log(running, isExpected) {
    const lines = () => readFileSync(running.logFile, 'utf8').split('\n').filter(Boolean)
    const before = lines().length
    await ask(running)
    const isLogged = () =>
      lines()
        .slice(before)
        .some((line) => line.includes('/hello'))
    // pino writes from another thread, the end of an earlier request perhaps first. Where nobody shall log, waiting for long would only take time.
    for (let turn = 0; turn < (isExpected ? 1_000 : 10) && !isLogged(); turn++) await sleep(5)
    return isLogged()
  },
  async 'security-headers'(running) {
    const { headers } = await ask(running)
    return headers['x-content-type-options'] === 'nosniff' && headers['strict-transport-security'] !== undefined
  },
  async cors(running) {
    const { headers } = await ask(running, { headers: { Origin: 'http://elsewhere.example' } })
    return headers['access-control-allow-origin'] === '*'
  },
  async compression(running) {
    const { headers, body } = await ask(running, { path: '/table', headers: { 'Accept-Encoding': 'gzip' } })
    return headers['content-encoding'] === 'gzip' && gunzipSync(body).toString() === LARGE
  },
  async 'body-parser'(running) {
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } }
    return (await ask(running, { ...json, body: '{"broken' })).status === 400
  },
  async session(running) {
    const first = await ask(running)
    const cookies = cookiesOf(first)
    if (cookies.length === 0) return false
    expect(viewsOf(cookies)).toBe(1)
    const again = await ask(running, { headers: { Cookie: cookies.join('; ') } })
    expect(viewsOf(cookiesOf(again))).toBe(2)
    const forged = cookies.map((cookie) => cookie.replace(/.(?=%3D$|$)/, (last) => (last === 'A' ? 'B' : 'A')))
    const refused = await ask(running, { headers: { Cookie: forged.join('; ') } })
    return viewsOf(cookiesOf(refused)) === 1
  },
}

function cookiesOf({ headers }: Got): string[] {
  return (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]!)
}

/** The counter in a session's cookie, whoever has signed it. */
function viewsOf(cookies: readonly string[]): number {
  const value = decodeURIComponent(cookies[0]!.slice(cookies[0]!.indexOf('=') + 1)).split('.')[0]!
  return JSON.parse(Buffer.from(value, 'base64').toString()).views
}

async function seenAtWork(running: Running, expected: readonly PieceId[]): Promise<PieceId[]> {
  const seen: PieceId[] = []
  for (const piece of pieceIds) if (await atWork[piece](running, expected.includes(piece))) seen.push(piece)
  return seen
}

describe.each(frameworkIds)('%s', (id) => {
  const { withPieces, bare } = frameworks[id]
  const added = pieceIds.filter((piece) => pieceSources[id][piece].added)
  const sets: PieceId[][] = [[], ...added.map((piece) => [piece]), [...pieceIds]]
  /** A parser that is there already is seen without being added, if only by whoever posts. */
  const builtIn = (seen: PieceId[]) => seen.filter((piece) => pieceSources[id][piece].added)

  it.each(sets.map((set) => [set.join(', ') || 'nothing', set]))('with %s: exactly that is at work', async (_names, set) => {
    const running = await serve((settings) => withPieces(set as PieceId[], settings), { table: () => LARGE })
    expect(builtIn(await seenAtWork(running, set as PieceId[]))).toEqual(builtIn(set as PieceId[]))
  })

  it.each(sets.map((set) => [set.join(', ') || 'nothing', set]))('with %s: keeps the contract', async (_names, set) => {
    const { port } = await serve((settings) => withPieces(set as PieceId[], settings))
    const address = { transport: 'tcp', host: '127.0.0.1', port } as const
    const checks = await checkContract(address, { endpoints: endpointIds, timeoutMs: 2_000 })
    expect(checks.flatMap(({ violations }) => violations)).toEqual([])
  })

  it('has all of it at work in another order too', async () => {
    const running = await serve((settings) => withPieces([...pieceIds].reverse(), settings), { table: () => LARGE })
    expect(builtIn(await seenAtWork(running, added))).toEqual(added)
  })

  it('is bare where it can be: the contract is kept, with less around it than by default', async () => {
    expect(bare !== undefined).toBe(bareFrameworks[id] !== undefined)
    if (bare === undefined) return
    const running = await serve(bare)
    const address = { transport: 'tcp', host: '127.0.0.1', port: running.port } as const
    const checks = await checkContract(address, { endpoints: endpointIds, timeoutMs: 2_000 })
    expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    const [own, usual] = [await ask(running), await ask(await serve((settings) => withPieces([], settings)))]
    expect(Object.keys(own.headers).length).toBeLessThanOrEqual(Object.keys(usual.headers).length)
    if (id === 'express') expect(own.headers).not.toHaveProperty('etag')
  })
})
