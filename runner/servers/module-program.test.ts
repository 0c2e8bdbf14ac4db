import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ask } from '../../apps/ask.ts'
import { checkContract } from '../../apps/contract.ts'
import { appFixture, planFor, startApp } from '../fixtures/start-app.ts'
import { DeploymentError } from './deployment.ts'
import { resolveApp } from './find-app.ts'
import { localHost } from './local-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'modules-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A module of a stranger, in a folder of its own. */
function module(name: string, text: string): string {
  const own = mkdtempSync(join(folder, 'own-'))
  const path = join(own, name)
  writeFileSync(path, text)
  return path
}

const TELLS_ALL = join(import.meta.dirname, '..', 'fixtures', 'tells-all-app.ts')
const describeAt = (path: string) => localHost.describe(planFor(path))

async function refusal(path: string): Promise<DeploymentError> {
  const error = await describeAt(path).then(
    () => new Error('it was described'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof DeploymentError) return error
  throw error
}

const ANSWER = `(request, response) => {
  const found = request.url === '/hello'
  response.writeHead(found ? 200 : 404, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': 13 })
  response.end('Hello, World!')
}`

describe('a module that can be measured', () => {
  it('says title, package, version, and what has to be equal for all', async () => {
    const fastify = await describeAt(resolveApp('fastify', '/').modulePath)
    expect(fastify).toMatchObject({ title: 'Fastify', package: 'fastify', version: expect.stringMatching(/^5\./) })
    expect(fastify.facts).toEqual({
      'Node version': process.version,
      execArgv: 'empty',
      NODE_ENV: 'production',
      NODE_OPTIONS: 'not set',
      keepAliveTimeout: '300000 ms',
      headersTimeout: '0 ms',
      requestTimeout: '0 ms',
      maxRequestsPerSocket: '0',
    })
  })

  it('says what it has changed of that, and gets the common limits whatever it sets itself', async () => {
    expect((await describeAt(appFixture('development-mode'))).facts.NODE_ENV).toBe('development')
    expect((await describeAt(appFixture('own-limits'))).facts).toMatchObject({
      keepAliveTimeout: '300000 ms',
      requestTimeout: '0 ms',
    })
  })

  it.each([
    [
      'compiled from TypeScript to CommonJS',
      'app.cjs',
      `Object.defineProperty(exports, '__esModule', { value: true })
const { createServer } = require('node:http')
exports.default = { title: 'Compiled', package: null, createServer: () => createServer(${ANSWER}) }`,
      'Compiled',
    ],
    [
      'plain CommonJS',
      'app.cjs',
      `const { createServer } = require('node:http')
module.exports = { title: 'Common', package: null, createServer: () => createServer(${ANSWER}) }`,
      'Common',
    ],
    ['that exports a request handler', 'mine.mjs', `export default ${ANSWER}`, 'mine'],
    ['that exports a handler as CommonJS', 'mine.cjs', `module.exports = ${ANSWER}`, 'mine'],
    [
      'that exports a server',
      'mine.mjs',
      `import { createServer } from 'node:http'
export default createServer(${ANSWER})`,
      'mine',
    ],
  ])('%s is described and keeps the contract', async (_what, name, text, title) => {
    const path = module(name, text)
    expect((await describeAt(path)).title).toBe(title)
    const server = await startApp(path)
    try {
      const checks = await checkContract(server.address, { endpoints: ['hello'], timeoutMs: 5_000 })
      expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    } finally {
      await server.stop()
    }
  })
})

it('gets flags of Node and variables, for its description as for its service', async () => {
  const own = { nodeFlags: ['--max-semi-space-size=4'], env: { PLANET: 'Mars', NODE_ENV: 'test', PORT: '1' } }
  const plan = planFor(TELLS_ALL, own)
  expect((await localHost.describe(plan)).facts).toMatchObject({ execArgv: '--max-semi-space-size=4', NODE_ENV: 'test' })
  const server = await startApp(plan.modulePath, own)
  try {
    const { body } = await ask(new Agent(), server.address, '/', { timeoutMs: 5_000 })
    const { pid, environment } = JSON.parse(body.toString()) as { readonly pid: number; readonly environment: object }
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1]).toBe(own.nodeFlags[0])
    expect(environment).toMatchObject({
      PLANET: 'Mars',
      NODE_ENV: 'test',
      PORT: expect.not.stringMatching(/^1$/),
    })
  } finally {
    await server.stop()
  }
})

it('a flag that Node does not know is refused with what Node says', async () => {
  const describing = localHost.describe(planFor(TELLS_ALL, { nodeFlags: ['--max-semispace=1'] }))
  await expect(describing).rejects.toMatchObject({
    code: 'bad-node-flags',
    message: expect.stringMatching(/^Node 24\.\S+ does not start with --max-semispace=1: .*bad option/),
  })
})

describe('a module that cannot be measured', () => {
  it.each([
    ['no-default', 'no-default-export', /^mine did not start: .*no-default\.ts has no default export: it exports only app$/],
    ['not-an-app', 'not-an-app', /is not an app: title must be a non-empty string; package must be the name/],
    ['throws-at-import', 'import-failed', /failed: no licence key/],
    ['missing-import', 'module-not-found', /imports something that is not there/],
    ['throws-in-create', 'create-failed', /createServer\(\) of Throws in create failed: cannot reach the database$/],
    ['already-listening', 'already-listening', /is listening already$/],
    ['not-a-server', 'not-a-server', /must return a server of node:http, got a Server$/],
    ['never-ready', 'exited', /^mine ended with exit code 13 while it was loaded$/],
  ])('%s: %s', async (name, code, message) => {
    const error = await refusal(appFixture(name))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    // One sentence, no stack; and what to do next.
    expect(error.message).not.toMatch(/\n|\bat .*:\d+:\d+/)
    expect(error.hint).toBeTruthy()
  })

  it('is named when it is not there', async () => {
    const path = join(folder, 'nowhere', 'app.ts')
    expect(await refusal(path)).toMatchObject({
      code: 'module-not-found',
      message: `mine did not start: there is no app module ${path}`,
    })
  })

  it('because it calls listen() itself and exports nothing: says so, and the shortest change', async () => {
    const path = module(
      'app.mjs',
      `import { createServer } from 'node:http'
createServer(${ANSWER}).listen(0, '127.0.0.1')`,
    )
    expect(await refusal(path)).toMatchObject({
      code: 'listens-itself',
      message: `mine did not start: ${path} calls listen() itself, and it exports nothing`,
      hint: expect.stringMatching(/^export the request handler or the server instead of calling listen\(\)/),
    })
  })

  it.each([
    [
      'decorators',
      'app.ts',
      'const mark = (it: unknown) => it\n\n@mark\nclass Marked {}\nexport default Marked\n',
      3,
      /^decorators cannot be stripped; compile it and name the \.js$/,
    ],
    ['a mistake in its syntax', 'app.mjs', 'export const a = 1\nconst x = ;\n', 2, /^start it alone/],
    ['an enum', 'app.ts', 'enum Colour { Red }\nexport default Colour\n', 1, /^start it alone/],
  ])('because of %s: with file and line', async (_what, name, text, line, hint) => {
    const path = module(name, text)
    expect(await refusal(path)).toMatchObject({
      code: 'import-failed',
      message: expect.stringContaining(`(${path}:${line})`),
      hint: expect.stringMatching(hint),
    })
  })

  it('because a module that it imports has decorators: names that one', async () => {
    const path = module('app.ts', "import './marked.ts'\nexport default 1\n")
    const other = join(path, '..', 'marked.ts')
    writeFileSync(other, 'const mark = (it: unknown) => it\n@mark\nclass Marked {}\n')
    expect((await refusal(path)).message).toContain(`(${other}:2)`)
  })

  it.each([
    ['node:https', "import { createServer } from 'node:https'", 'of node:https, which speaks TLS'],
    ['node:http2', "import { createServer } from 'node:http2'", 'a server of node:http2'],
    ['node:http2 with TLS', "import { createSecureServer as createServer } from 'node:http2'", 'a server of node:http2'],
  ])('because its server is one of %s: named, with what is measured', async (_what, imported, words) => {
    const path = module(
      'app.mjs',
      `${imported}\nexport default { title: 'Other', package: null, createServer: () => createServer() }`,
    )
    expect(await refusal(path)).toMatchObject({
      code: 'not-a-server',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/^only HTTP\/1\.1 without TLS is measured/),
    })
  })

  it.each([
    ['a Koa application', '{ callback() {} }', /Koa application: export default app\.callback\(\)/],
    ['a fetch handler', '{ fetch() {} }', /getRequestListener/],
    ['a number', '5', /export default an app/],
  ])('because it exports %s: the shortest change', async (_what, value, hint) => {
    const error = await refusal(module('app.mjs', `export default ${value}`))
    expect(error).toMatchObject({ code: 'not-an-app', hint: expect.stringMatching(hint) })
  })
})

it('a module that prints a lot while it is loaded is described all the same', async () => {
  mkdirSync(join(folder, 'loud'))
  const path = module(
    'app.mjs',
    `for (let line = 0; line < 5000; line++) console.log('{"title":"not me"}')\nexport default ${ANSWER}`,
  )
  expect((await describeAt(path)).title).toMatch(/^own-/)
})
