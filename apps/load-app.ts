import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { App } from './app.ts'

export type AppLoadFailure = 'module-not-found' | 'import-failed' | 'no-default-export' | 'not-an-app'

/** An app module could not be turned into an app; the message is one sentence, `cause` the error underneath, if any. */
export class AppLoadError extends Error {
  override readonly name: string = 'AppLoadError'
  readonly code: AppLoadFailure

  constructor(code: AppLoadFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * Imports an app module. Runs the module's code, so call it in the child process only.
 *
 * @param modulePath absolute path
 * @throws {AppLoadError} if the module or one of its imports is missing, throws, or does not default-export an {@link App}
 */
export async function loadApp(modulePath: string): Promise<App> {
  if (!existsSync(modulePath)) throw new AppLoadError('module-not-found', `there is no app module ${modulePath}`)
  const exports = await importModule(modulePath)
  const app = exports.default
  if (app === undefined) {
    const others = Object.keys(exports)
    const found = others.length === 0 ? 'it exports nothing' : `it exports only ${others.join(', ')}`
    throw new AppLoadError('no-default-export', `${modulePath} has no default export: ${found}`)
  }
  const problems = shapeProblems(app)
  if (problems.length > 0) {
    throw new AppLoadError('not-an-app', `the default export of ${modulePath} is not an app: ${problems.join('; ')}`)
  }
  return app as App
}

async function importModule(modulePath: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(modulePath).href)) as Record<string, unknown>
  } catch (error) {
    const why = firstLine(error)
    const code = (error as { code?: unknown } | null)?.code
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw new AppLoadError('module-not-found', `${modulePath} imports something that is not there: ${why}`, error)
    }
    throw new AppLoadError('import-failed', `importing ${modulePath} failed: ${why}`, error)
  }
}

function shapeProblems(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [`expected an object with title, package and createServer, got ${value === null ? 'null' : `a ${typeof value}`}`]
  }
  const app = value as Partial<Record<keyof App, unknown>>
  const problems: string[] = []
  if (typeof app.title !== 'string' || app.title === '') problems.push('title must be a non-empty string')
  if (app.package !== null && (typeof app.package !== 'string' || app.package === '')) {
    problems.push('package must be the name of an npm package or null')
  }
  if (typeof app.createServer !== 'function') problems.push('createServer must be a function')
  return problems
}

/** What an error says, in one line: messages of require() go on with a list of files. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? ''
}
