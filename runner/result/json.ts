import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { RunError, UserError } from './errors.ts'
import { FORMAT, FORMATS, Result } from './model.ts'
import { plainText } from './plain-text.ts'
import { RESULT } from './run-folder.ts'

const LONGEST_PLACE = 200

/** `result.json`: checked against the schema first, so that no run leaves a file that cannot be read back. */
export function renderJson(result: Result): string {
  const checked = Result.safeParse(result)
  if (!checked.success) {
    throw new RunError('result-invalid', `the result does not fit its own schema: ${firstProblem(checked.error)}`, {
      hint: 'this is a mistake in the suite, please report it; the samples of the run are kept',
      cause: checked.error,
    })
  }
  return prettyJson(checked.data)
}

/**
 * The text of a published schema, JSON Schema draft 2020-12, made from a zod schema.
 * @param io `output`: of a file that is written, as `result.json` is; `input`: of one that a person writes
 */
export function renderJsonSchema(schema: z.ZodType = Result, io: 'input' | 'output' = 'output'): string {
  return prettyJson(z.toJSONSchema(schema, { io }))
}

/**
 * Reads a `result.json`.
 * @param where the file's name, for messages
 * @throws {UserError} `result-not-json`, `result-foreign`, `result-newer`, `result-older` or `result-damaged`
 */
export function parseResult(text: string, where: string): Result {
  const place = plainText(where, LONGEST_PLACE)
  const refused = (code: string, problem: string, hint: string, cause?: unknown) =>
    new UserError(`result-${code}`, `${place} ${problem}`, { hint, cause })
  let content: unknown
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    const hint = 'the file is cut off or was edited; a run writes its result.json in one piece'
    throw refused('not-json', 'is not complete JSON', hint, cause)
  }
  const format = typeof content === 'object' && content !== null && 'format' in content ? content.format : undefined
  if (typeof format !== 'number' || !Number.isInteger(format)) {
    const hint = 'give the result.json of a run, for example results/latest/result.json'
    throw refused('foreign', 'is JSON, but no result of this suite', hint)
  }
  const formats = `formats ${FORMATS.join(' and ')}`
  if (format > FORMAT) {
    const problem = `has format ${format}, which a newer suite wrote; this one reads ${formats}`
    throw refused('newer', problem, 'update the suite and try again')
  }
  if (!FORMATS.some((one) => one === format)) {
    const problem = `has format ${format}, which is no longer read; this suite reads ${formats}`
    throw refused('older', problem, 'measure again, or use the version of the suite that wrote it')
  }
  const checked = Result.safeParse(content)
  if (checked.success) return checked.data
  const hint = 'it was changed by hand or by another program; reports can be made from an untouched file only'
  throw refused('damaged', `does not fit the format: ${firstProblem(checked.error)}`, hint, checked.error)
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'unknown'
  const path = plainText(z.core.toDotPath(issue.path), LONGEST_PLACE)
  return plainText(path === '' ? issue.message : `${path}: ${issue.message}`, 2 * LONGEST_PLACE)
}

/** Indented JSON as one text, safe to print, ending with a line break. */
export function prettyJson(value: unknown): string {
  // JSON leaves the upper control characters as they are, and some terminals obey them.
  const asEscape = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u2028\u2029]/g, asEscape)}\n`
}

/**
 * Reads back a run that was measured before.
 * @param run folder of a run, or its `result.json`
 * @returns the path of its `result.json`, and the folder of that, where its samples are if they were kept
 * @throws {UserError} `no-run` when there is none, and what `parseResult` throws for a file that is damaged, foreign, older or newer
 */
export async function readRun(run: string): Promise<{ result: Result; folder: string; path: string }> {
  const path = (await isFolder(run)) ? join(run, RESULT) : run
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new UserError('no-run', `there is no result at ${path.trim() === '' ? JSON.stringify(path) : path}`, {
      hint: 'give the folder of a run, for example results/latest',
      cause,
    })
  })
  return { result: parseResult(text, path), folder: dirname(path), path }
}

/** Follows links; false for what is not there. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}
