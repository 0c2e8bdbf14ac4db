import { readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Description } from '../../apps/description.ts'
import { describeExit } from '../machine/child.ts'
import { DeploymentError, type DeploymentPlan } from './deployment.ts'
import { makePrivateFolder } from './keeper.ts'
import { addressVariables, type Program } from './running-program.ts'
import type { ManifestInFolder, Place } from './server-manifest.ts'
import { DESCRIBE_LIMIT_MILLISECONDS, StartedProcess } from './start-process.ts'

const MOST_CHARACTERS = 60

/** What `describe` may say; what is longer is cut. */
const Said = z.object({
  version: z.string().optional(),
  package: z.string().optional(),
  runtime: z.string().optional(),
})

type Values = Readonly<Record<string, string>>

/** A server that is started by the command of a manifest. */
export function manifestProgram({ id, transport, team, env }: DeploymentPlan, manifest: ManifestInFolder): Program {
  const workers = String(team?.workers ?? 1)
  const values = ({ listen, folder }: Place): Values =>
    listen.transport === 'unix'
      ? { folder, workers, socket: listen.path }
      : { folder, workers, host: listen.host, port: String(listen.port) }
  return {
    name: id,
    transport,
    workers: 0,
    ...(manifest.speaks && { speaks: manifest.speaks }),
    ...(manifest.files && { files: manifest.files }),
    ...(manifest.isEnteredByOthers && { isEnteredByOthers: true }),
    cwd: workingFolder(manifest),
    stop: manifest.stop,
    hint: `start it alone, in ${workingFolder(manifest)}: ${manifest.command.join(' ')}`,
    argv: (place) => argv(manifest, manifest.command, values(place)),
    environment: (place) => ({
      ...addressVariables(place),
      WORKERS: workers,
      ...environment(manifest, values(place)),
      ...env,
    }),
  }
}

function workingFolder({ folder, cwd = '.' }: ManifestInFolder): string {
  return resolve(folder, cwd)
}

/** A program with a slash in its name is one of the manifest's folder, wherever it is started. */
function argv({ folder }: ManifestInFolder, words: readonly string[], values: Values): string[] {
  const [program = '', ...others] = words.map((word) => fill(word, values))
  return [program.includes('/') && !isAbsolute(program) ? join(folder, program) : program, ...others]
}

function environment({ env }: ManifestInFolder, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value, values)]))
}

/** What is not known stays as it is. */
function fill(word: string, values: Values): string {
  return word.replace(/\{(host|port|socket|folder|workers)\}/g, (whole, name: string) => values[name] ?? whole)
}

/**
 * What a server of a manifest says of itself, by its `describe` command; with the title alone where it has none.
 * @throws DeploymentError when the command fails, takes too long or prints something else
 */
export async function describeManifest({ id, env }: DeploymentPlan, manifest: ManifestInFolder): Promise<Description> {
  const alone: Description = { title: manifest.title, package: null, version: null, facts: {} }
  if (manifest.describe === undefined) return alone
  const folder = makePrivateFolder()
  const values = { folder }
  const command = argv(manifest, manifest.describe, values)
  const variables = { ...environment(manifest, values), ...env }
  const child = new StartedProcess(command, null, folder, variables, { cwd: workingFolder(manifest) })
  try {
    const exit = await child.exitWithin(DESCRIBE_LIMIT_MILLISECONDS)
    const failed = (how: string) =>
      new DeploymentError('describe-failed', `${id}: its describe command ${how}`, {
        hint: `run it alone, in ${workingFolder(manifest)}: ${manifest.describe!.join(' ')}`,
        lastLines: child.lastLines,
      })
    if (exit === null) throw failed(`did not end within ${DESCRIBE_LIMIT_MILLISECONDS / 1000} s`)
    if (exit.code !== 0) throw failed(describeExit(exit))
    const said = Said.safeParse(jsonIn(readFileSync(join(folder, 'output'), 'utf8')))
    if (!said.success) throw failed('printed no JSON object with version, package and runtime')
    const { version = null, package: from = null, runtime } = said.data
    const facts: Record<string, string> = runtime === undefined ? {} : { runtime: runtime.slice(0, MOST_CHARACTERS) }
    return {
      ...alone,
      package: from?.slice(0, MOST_CHARACTERS) ?? null,
      version: version?.slice(0, MOST_CHARACTERS) ?? null,
      facts,
    }
  } finally {
    await child.stop(0)
  }
}

/** Programs may say other things first: the last line that begins an object counts. */
function jsonIn(output: string): unknown {
  const start = output.lastIndexOf('\n{') + 1
  try {
    return JSON.parse(output.slice(start))
  } catch {
    return null
  }
}
