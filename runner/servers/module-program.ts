import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Described, Description } from '../../apps/description.ts'
import { allWorkersListen, type TeamWish } from '../../apps/scheduling.ts'
import { describeExit } from '../machine/child.ts'
import { isListening } from '../machine/connections.ts'
import { childrenOf } from '../machine/process-tree.ts'
import { DeploymentError, type DeploymentPlan } from './deployment.ts'
import { makePrivateFolder } from './private-folder.ts'
import { addressVariables, type Program } from './program.ts'
import { StartedProcess } from './start-process.ts'

const SERVE = ofApps('serve.ts')
const SERVE_WORKERS = ofApps('serve-workers.ts')
const DESCRIBE = ofApps('describe.ts')
const DESCRIBE_LIMIT_MILLISECONDS = 20_000
/** Frameworks do more work per request in development. */
const PRODUCTION = { NODE_ENV: 'production' }

/** A module of an app, served by this very Node. */
export function moduleProgram({ id, modulePath, transport, team }: DeploymentPlan): Program {
  const teamVariables: Record<string, string> =
    team === undefined ? {} : { WORKERS: String(team.workers), SCHEDULING: team.scheduling }
  return {
    name: id,
    transport,
    workers: team?.workers ?? 0,
    ...(team === undefined ? {} : { isComplete: completenessOf(team) }),
    hint: byHand(modulePath),
    command: ({ listen }) => ({
      argv: [process.execPath, team === undefined ? SERVE : SERVE_WORKERS, modulePath],
      environment: { ...PRODUCTION, ...addressVariables(listen), ...teamVariables },
    }),
  }
}

/** Workers with sockets of their own are not told of by the primary: node:cluster has no part in their listening. */
function completenessOf({ workers, scheduling }: TeamWish): NonNullable<Program['isComplete']> {
  if (scheduling !== 'reuse-port') return (_pid, lastLines) => lastLines.includes(allWorkersListen(workers))
  return (pid, _lastLines, { listen }) => {
    const children = childrenOf(pid)
    return (
      children.length === workers && children.every((child) => listen.transport === 'tcp' && isListening(listen.port, [child]))
    )
  }
}

/**
 * What an app is, by a process of its own that loads it and ends.
 * @throws DeploymentError when it cannot be served
 */
export async function describeModule({ id, modulePath }: DeploymentPlan): Promise<Description> {
  const folder = makePrivateFolder()
  const file = join(folder, 'description.json')
  const argv = [process.execPath, DESCRIBE, modulePath, file]
  const child = new StartedProcess({ argv, environment: PRODUCTION }, { cpu: null, folder })
  try {
    const exit = await Promise.race([child.exited, sleep(DESCRIBE_LIMIT_MILLISECONDS, null, { ref: false })])
    const details = { hint: byHand(modulePath), lastLines: child.lastLines }
    if (exit === null) {
      const message = `${id} was not loaded within ${DESCRIBE_LIMIT_MILLISECONDS / 1000} s: its module or createServer() waits for something`
      throw new DeploymentError('not-ready', message, details)
    }
    const described = readDescribed(file)
    if (described === null) throw new DeploymentError('exited', `${id} ${describeExit(exit)} while it was loaded`, details)
    if ('failed' in described) throw failure(id, described, details)
    return described
  } finally {
    await child.stop('SIGTERM', 0)
  }
}

function failure(
  id: string,
  { failed: { code, message, hint } }: Extract<Described, { failed: unknown }>,
  details: { readonly hint: string; readonly lastLines: readonly string[] },
): DeploymentError {
  const at = code === 'import-failed' ? placeOfSyntaxError(details.lastLines) : null
  const where = at === null ? '' : ` (${at.file}:${at.line})`
  const better = at?.source.startsWith('@') ? `decorators cannot be stripped; compile it and name the .js` : hint
  return new DeploymentError(code, `${id} did not start: ${message}${where}`, {
    hint: better ?? details.hint,
    lastLines: details.lastLines,
  })
}

/** Node prints file and line in front of the line of source, and has them nowhere else. */
function placeOfSyntaxError(lines: readonly string[]): { file: string; line: string; source: string } | null {
  for (const [index, text] of lines.entries()) {
    const [, file, line] = /^(?:file:\/\/)?(\/.*):(\d+)$/.exec(text) ?? []
    if (file !== undefined && line !== undefined) return { file, line, source: lines[index + 1]?.trim() ?? '' }
  }
  return null
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

function ofApps(name: string): string {
  return fileURLToPath(new URL(`../../apps/${name}`, import.meta.url))
}
