import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { endpointIds } from '../../apps/app.ts'
import { ask } from '../../apps/ask.ts'
import { checkContract } from '../../apps/contract.ts'
import { planFor, START } from '../fixtures/start-app.ts'
import { type Deployment, DeploymentError, type DeploymentPlan } from './deployment.ts'
import { resolveApp } from './find-app.ts'
import { localHost } from './local-host.ts'
import type { ServerManifest } from './server-manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'programs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A folder with a manifest whose command is this Node with a script. */
function programOf(script: string, more: Partial<ServerManifest> = {}): DeploymentPlan {
  const own = mkdtempSync(join(folder, 'own-'))
  writeFileSync(join(own, 'script.mjs'), script)
  const manifest = { title: 'Mine', command: [process.execPath, 'script.mjs'], ...more }
  writeFileSync(join(own, 'server.json'), JSON.stringify(manifest))
  return planOf(own)
}

function planOf(path: string): DeploymentPlan {
  const { modulePath, program } = resolveApp(path, '/')
  return planFor(modulePath, { program: program! })
}

const LISTENS = `import { createServer } from 'node:http'
const { PORT, HOST, SOCKET } = process.env
const server = createServer((request, response) => response.end(JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), env: process.env })))
SOCKET ? server.listen(SOCKET) : server.listen(PORT, HOST)
`

const started: Deployment[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((deployment) => deployment.stop()))
})

async function start(plan: DeploymentPlan, options: Partial<typeof START> = {}): Promise<Deployment> {
  const deployment = await localHost.start(plan, { ...START, ...options })
  started.push(deployment)
  return deployment
}

async function told(plan: DeploymentPlan) {
  const { address } = await start(plan)
  const agent = new Agent()
  const { body } = await ask(agent, address, '/', { timeoutMs: 5_000 })
  agent.destroy()
  return { address, said: JSON.parse(body.toString()) as { argv: string[]; cwd: string; env: Record<string, string> } }
}

async function refusal(plan: DeploymentPlan): Promise<DeploymentError> {
  const error = await start(plan, { readyMilliseconds: 1_500 }).then(
    () => new Error('it was started'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof DeploymentError) return error
  throw error
}

describe('a program of a manifest', () => {
  it('is told where to listen in its arguments and its environment, and where it runs', async () => {
    const plan = programOf(LISTENS, {
      command: [process.execPath, 'script.mjs', '--listen={host}:{port}', '{workers}', '{folder}', '{socket}', '{other}'],
      env: { OWN: 'on {port}' },
    })
    const { address, said } = await told(plan)
    const port = (address as { port: number }).port
    expect(said.argv.slice(0, 2)).toEqual([`--listen=127.0.0.1:${port}`, '1'])
    expect(said.argv.slice(3)).toEqual(['{socket}', '{other}'])
    expect(said.argv[2]).toBe(said.env.TMPDIR)
    expect(said.env).toMatchObject({ HOST: '127.0.0.1', PORT: String(port), WORKERS: '1', OWN: `on ${port}` })
    expect(said.env).not.toHaveProperty('NODE_OPTIONS')
    expect(said.cwd).toBe((plan.program as { folder: string }).folder)
  })

  it('may listen at all addresses of version 6', async () => {
    const script = LISTENS.replace('server.listen(PORT, HOST)', "server.listen(PORT, '::')")
    expect((await told(programOf(script))).said.env).toHaveProperty('PORT')
  })

  it('listens on a unix socket where it is asked to', async () => {
    const { said } = await told({ ...programOf(LISTENS, { transports: ['unix'] }), transport: 'unix' })
    expect(said.env.SOCKET).toMatch(/app\.sock$/)
    expect(said.env).not.toHaveProperty('PORT')
  })

  it.each([
    ['never listens', 'setInterval(() => {}, 1_000)', 'not-ready', /did not answer .* within 1\.5 s: nothing listens there/],
    ['exits', 'console.error("no licence"); process.exit(3)', 'exited', /exit(ed with)? (code |status )?3 before it answered/],
    [
      'listens on another port',
      `import { createServer } from 'node:http'; createServer((q, r) => r.end('x')).listen(0, '127.0.0.1')`,
      'not-ready',
      /it listens on port \d+ instead/,
    ],
    [
      'forks away',
      `import { spawn } from 'node:child_process'; spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' }).unref()`,
      'exited',
      /before it answered/,
    ],
  ])('that %s is refused, with its last words', async (_what, script, code, message) => {
    const error = await refusal(programOf(script))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(/^start it alone, in \/.*: .* script\.mjs$/)
  })

  it('that is not there is refused', async () => {
    const error = await refusal(programOf('', { command: ['./not-there'] }))
    expect(error.code).toBe('exited')
  })

  it('is described by its own command, or by its title alone', async () => {
    const describe = [
      process.execPath,
      '-e',
      'console.log("hello"); console.log(JSON.stringify({ version: "1.2.3", runtime: "Mine 4" }))',
    ]
    expect(await localHost.describe(programOf(LISTENS, { describe }))).toEqual({
      title: 'Mine',
      package: null,
      version: '1.2.3',
      facts: { runtime: 'Mine 4' },
    })
    expect(await localHost.describe(programOf(LISTENS))).toEqual({ title: 'Mine', package: null, version: null, facts: {} })
  })

  it.each([
    ['fails', 'process.exit(4)', /its describe command .*4/],
    ['says something else', 'console.log("1.2.3")', /printed no JSON object/],
  ])('whose describe command %s is refused', async (_what, script, message) => {
    const describing = localHost.describe(programOf(LISTENS, { describe: [process.execPath, '-e', script] }))
    await expect(describing).rejects.toThrow(message)
  })
})

const example = (name: string) => join(import.meta.dirname, '..', '..', 'examples', name)
const has = (program: string) => spawnSync(program, [program === 'go' ? 'version' : '--version']).status === 0

/** A built copy of the example in Go, whose folder must stay as it is. */
function goExample(): string {
  const built = join(folder, 'go')
  cpSync(example('go'), built, { recursive: true })
  const { status, stderr } = spawnSync('go', ['build', '-o', 'server', '.'], { cwd: built, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return built
}

describe.each([
  ['Python', 'python3', 'http.server', () => example('python')],
  ['Go', 'go', 'net/http', goExample],
  ['Bun', 'bun', 'bun', () => example('bun')],
  ['Deno', 'deno', 'deno', () => example('deno')],
])('the example in %s', (_language, runtime, from, pathOf) => {
  it.skipIf(!has(runtime))('keeps the contract on all its transports, and says its version', { timeout: 120_000 }, async () => {
    const plan = planOf(pathOf())
    expect(await localHost.describe(plan)).toMatchObject({ package: from, version: expect.stringMatching(/^\d+\.\d+/) })
    for (const transport of (plan.program as ServerManifest).transports) {
      const { address } = await start({ ...plan, transport })
      const checks = await checkContract(address, { endpoints: endpointIds, timeoutMs: 10_000 })
      expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    }
  })
})
