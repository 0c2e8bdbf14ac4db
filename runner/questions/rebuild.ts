import { spawn } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { distributionsOf } from '../analysis/slice-distribution.ts'
import { readSamples } from '../measure/records.ts'
import { writeFiles } from '../report/files.ts'
import { type FormatId, type ReportFormat, reportFormats } from '../report/formats.ts'
import { UserError } from '../result/errors.ts'
import { readRun } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { proveWritable, RESULT, type ReportFile, SAMPLES } from '../result/run-folder.ts'

/**
 * Makes reports of a finished run again from its result and its samples. `result.json` itself is never replaced: requested as a format,
 * it goes to another folder.
 * @param wish null for the format: all that a run writes by itself; null for the folder: beside the result
 * @returns paths of the files written, the most telling first
 * @throws UserError when there is no such run, or its reports cannot be written
 */
export async function rebuildReports(run: string, wish: { format: FormatId | null; out: string | null }): Promise<string[]> {
  const { format, out } = wish
  const { result, folder, path } = await readRun(run)
  // Beside a file of another name there may be another run.
  if (out === null && basename(path) !== RESULT) {
    throw new UserError('no-place', `${path} has no folder of its own`, { hint: 'say with --out where the reports shall go' })
  }
  const target = out ?? folder
  if (format === 'json' && out === null) {
    throw new UserError('would-replace', 'the result is not written over itself', {
      hint: 'give another folder with --out, or print it with --print',
    })
  }
  const { html, svg, md, csv } = reportFormats
  // The page first: it is what most people want to see.
  const files = await render(result, path, format === null ? [html, svg, md, csv] : [reportFormats[format]])
  await proveWritable(target, '--out')
  await writeFiles(target, files)
  return files.map(({ name }) => join(target, name))
}

/** One format as a text. @throws UserError for a format of several files */
export async function printReport(run: string, format: FormatId): Promise<string> {
  const { result, path } = await readRun(run)
  const [only, ...others] = await render(result, path, [reportFormats[format]])
  if (only === undefined || others.length > 0) {
    throw new UserError('several-files', `${format} is several files, which cannot be printed as one`, {
      hint: 'leave out --print and give a folder with --out',
    })
  }
  return only.text
}

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' }

/** Shows a file with the program that the desktop has for it. @returns a remark when there is none */
export async function openFile(path: string): Promise<string | null> {
  const command = openers[process.platform] ?? 'xdg-open'
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const child = spawn(command, [path], { stdio: 'ignore', detached: true })
  child.on('error', () => resolve(`${command} was not found; open ${pathToFileURL(path).href} in a browser`))
  child.on('spawn', () => {
    child.unref()
    resolve(null)
  })
  return promise
}

async function render(result: Result, path: string, formats: readonly ReportFormat[]): Promise<ReportFile[]> {
  // The samples of a run, if this is where they would be.
  const samples = basename(path) === RESULT ? join(dirname(path), SAMPLES) : null
  const distributions = async () => (samples === null ? [] : distributionsOf(readSamples(samples), result))
  return (await Promise.all(formats.map((one) => one.render({ result, distributions })))).flat()
}
