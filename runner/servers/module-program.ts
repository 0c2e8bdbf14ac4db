import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Described, Description } from '../../apps/description.ts'
import { allWorkersListen } from '../../apps/scheduling.ts'
import { describeExit } from '../machine/child.ts'
import { childrenOf, isListening } from '../machine/procfs.ts'
import { DeploymentError, type DeploymentPlan, nodeFlagsOf } from './deployment.ts'
import { makePrivateFolder } from './keeper.ts'
import { addressVariables, type Program } from './running-program.ts'
import type { Runtime } from './runtimes.ts'
import type { Place } from './server-manifest.ts'
import { DESCRIBE_LIMIT_MILLISECONDS, StartedProcess } from './start-process.ts'

const THIS_NODE: Runtime = {
  name: 'node',
  version: process.versions.node,
  argv: [process.execPath],
  apps: fileURLToPath(new URL('../../apps', import.meta.url)),
}
/** Deno keeps what it has compiled, elsewhere without being asked. */
const cacheIn = (folder: string) => ({ DENO_DIR: join(folder, 'deno'), DENO_NO_UPDATE_CHECK: '1' })
/** Exit status of Node for an option that it does not know, or not so ("Exit codes" of its documentation of `process`). */
const INVALID_ARGUMENT = 9
/** Frameworks do more work per request in development. */
const PRODUCTION = { NODE_ENV: 'production' }

/** A module of an app, served by this very Node. */
export function moduleProgram(plan: DeploymentPlan): Program {
  const { id, modulePath, transport, team, more, env = {}, runner = THIS_NODE } = plan
  const served = (module: string) => [...runner.argv, ...nodeFlagsOf(plan), moduleIn(runner, module), modulePath]
  const alone = {
    name: id,
    transport,
    hint: byHand(modulePath),
    environment: (place: Place): Record<string, string> => ({
      ...variables(runner, place.folder),
      ...env,
      ...(more && { MORE_ENDPOINTS: '1' }),
      ...addressVariables(place),
    }),
  }
  if (team === undefined) return { ...alone, workers: 0, argv: () => served('serve') }
  const { workers, scheduling } = team
  return {
    ...alone,
    workers,
    argv: () => served('serve-workers'),
    environment: (place) => ({ ...alone.environment(place), WORKERS: String(workers), SCHEDULING: scheduling }),
    isComplete(pid, lastLines, listen) {
      if (scheduling !== 'reuse-port') return lastLines.includes(allWorkersListen(workers))
      // Workers with sockets of their own are not told of by the primary: node:cluster has no part in their listening.
      const children = childrenOf(pid)
      const listens = (child: number) => listen.transport === 'tcp' && isListening(listen.port, [child])
      return children.length === workers && children.every(listens)
    },
  }
}

/**
 * What an app is, by a process of its own that loads it and ends.
 * @throws DeploymentError when it cannot be served
 */
export async function describeModule(plan: DeploymentPlan): Promise<Description> {
  const { id, modulePath, env = {}, runner = THIS_NODE } = plan
  const flags = nodeFlagsOf(plan)
  const folder = makePrivateFolder()
  const file = join(folder, 'description.json')
  const argv = [...runner.argv, ...flags, moduleIn(runner, 'describe'), modulePath, file]
  const child = new StartedProcess(argv, null, folder, { ...variables(runner, folder), ...env })
  try {
    const exit = await child.exitWithin(DESCRIBE_LIMIT_MILLISECONDS)
    const details = { hint: byHand(modulePath), lastLines: child.lastLines }
    if (exit === null) {
      const message = `${id} was not loaded within ${DESCRIBE_LIMIT_MILLISECONDS / 1000} s: its module or createServer() waits for something`
      throw new DeploymentError('not-ready', message, details)
    }
    if (exit.code === INVALID_ARGUMENT && flags.length > 0) {
      const message = `Node ${runner.version} does not start with ${flags.join(' ')}: ${details.lastLines.at(-1)}`
      throw new DeploymentError('bad-node-flags', message, { hint: 'node --help and node --v8-options list them' })
    }
    const described = readDescribed(file)
    if (described === null) throw new DeploymentError('exited', `${id} ${describeExit(exit)} while it was loaded`, details)
    if (!('failed' in described)) return described
    const { code, message, hint } = described.failed
    const at = code === 'import-failed' ? placeOfSyntaxError(details.lastLines) : null
    const where = at === null ? '' : ` (${at.file}:${at.line})`
    const better = at?.source.startsWith('@') ? 'decorators cannot be stripped; compile it and name the .js' : hint
    throw new DeploymentError(code, `${id} did not start: ${message}${where}`, { ...details, hint: better ?? details.hint })
  } finally {
    await child.stop(0)
  }
}

/** Node prints file and line in front of the line of source, and has them nowhere else. */
function placeOfSyntaxError(lines: readonly string[]): { file: string; line: string; source: string } | null {
  for (const [index, text] of lines.entries()) {
    const [, file, line] = /^(?:file:\/\/)?(\/.*):(\d+)$/.exec(text) ?? []
    if (file !== undefined && line !== undefined) return { file, line, source: lines[index + 1]?.trim() ?? '' }
  }
  return null
}

function variables(runner: Runtime, folder: string): Record<string, string> {
  return runner === THIS_NODE ? PRODUCTION : { ...PRODUCTION, ...cacheIn(folder) }
}

function moduleIn({ apps }: Pick<Runtime, 'apps'>, name: string): string {
  return join(apps, `${name}.${apps === THIS_NODE.apps ? 'ts' : 'js'}`)
}

function readDescribed(file: string): Described | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Described
  } catch {
    return null
  }
}

function byHand(modulePath: string): string {
  return `start it alone: PORT=3000 node apps/serve.ts ${modulePath}`
}
