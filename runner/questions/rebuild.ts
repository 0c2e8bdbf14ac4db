import { spawn } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { distributionsOf, type SliceDistribution } from '../analysis/slice-distribution.ts'
import { readSamples } from '../measure/sample.ts'
import { writeFiles } from '../report/files.ts'
import { type FormatId, type ReportFormat, reportFormats } from '../report/formats.ts'
import { UserError } from '../result/errors.ts'
import { RESULT, SAMPLES } from '../result/run-files.ts'
import { readRun } from '../result/stored-run.ts'
import { proveWritable } from '../result/writable-folder.ts'

export interface RebuildOptions {
  /** null: all that a run writes by itself. */
  readonly format: FormatId | null
  /** null: beside the result. */
  readonly out: string | null
}

/**
 * Makes reports of a finished run again from its result and its samples. `result.json` itself is never replaced: requested as a format,
 * it goes to another folder.
 * @returns paths of the files written, the most telling first
 * @throws UserError when there is no such run, or its reports cannot be written
 */
export async function rebuildReports(run: string, { format, out }: RebuildOptions): Promise<string[]> {
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
  const distributions = () => distributionsBeside(path)
  const formats: ReportFormat[] = format === null ? byItself() : [reportFormats[format]]
  const files = (await Promise.all(formats.map((one) => one.render({ result, distributions })))).flat()
  await proveWritable(target, '--out')
  await writeFiles(target, files)
  return files.map(({ name }) => join(target, name))
}

/** One format as a text. @throws UserError for a format of several files */
export async function printReport(run: string, format: FormatId): Promise<string> {
  const { result, path } = await readRun(run)
  const known: ReportFormat = reportFormats[format]
  const files = await known.render({ result, distributions: () => distributionsBeside(path) })
  const [only] = files
  if (files.length !== 1 || only === undefined) {
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

/** The samples of a run, if this is where they would be. */
async function distributionsBeside(path: string): Promise<SliceDistribution[]> {
  return basename(path) === RESULT ? distributionsOf(readSamples(join(dirname(path), SAMPLES))) : []
}

/** The page first: it is what most people want to see. */
function byItself(): ReportFormat[] {
  const { html, svg, md, csv } = reportFormats
  return [html, svg, md, csv]
}
