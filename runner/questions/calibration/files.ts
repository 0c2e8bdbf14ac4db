import { readdir, readFile, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../../result/errors.ts'
import { cannotWrite, makeFolders, makeRunFolder, proveWritable, writeAtomically } from '../../result/run-folder.ts'
import { CalibrationPart } from './data.ts'
import type { CalibrateOptions } from './options.ts'

type Folders = Pick<CalibrateOptions, 'out' | 'published' | 'docs'>

/**
 * Makes all folders and proves that they can be written to, and that what is published can be read, before anything is measured.
 * @returns the folder of this calibration: `<out>/2026-11-21T09-30-05Z-calibrate`
 * @throws {UserError} `out-not-writable`, `bad-calibration`
 */
export async function openCalibrationFolder({ out, published, docs }: Folders, startedAt: Date): Promise<string> {
  await proveWritable(published, '--published')
  await proveWritable(docs, '--docs')
  await readPublished(published)
  return makeRunFolder(out, 'calibrate', startedAt)
}

/** Writes a part, in place of what the folder knew of it before. @throws RunError that names cause and next step */
export async function keepPart(folder: string, part: CalibrationPart): Promise<void> {
  await write(join(folder, `${part.part}.json`), `${JSON.stringify(part, null, 2)}\n`)
}

/** Takes a folder back when nothing was kept in it. @returns whether it is gone */
export async function removedWhenEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  )
}

/**
 * Makes page and charts from all published parts.
 * @returns the paths written
 * @throws {UserError} `bad-calibration` when a published file cannot be read
 */
export async function writeCalibrationPage({ published, docs }: Pick<Folders, 'published' | 'docs'>): Promise<string[]> {
  // The library that draws is large; who only compares shall not wait for it.
  const { renderCalibrationPage } = await import('./page.ts')
  const files = await renderCalibrationPage(await readPublished(published))
  for (const { path, text } of files) await write(join(docs, path), text)
  return files.map(({ path }) => join(docs, path))
}

/** All published parts; none where there is no such folder. @throws {UserError} `bad-calibration` */
export async function readPublished(folder: string): Promise<CalibrationPart[]> {
  const names = await readdir(folder).catch(() => [])
  return Promise.all(
    names
      .filter((name) => /^[a-z].*\.json$/.test(name))
      .sort()
      .map((name) => readPart(join(folder, name))),
  )
}

async function readPart(path: string): Promise<CalibrationPart> {
  try {
    return CalibrationPart.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new UserError('bad-calibration', `${path} does not hold a part of a calibration`, {
      hint: 'delete it, or measure that part again',
      cause,
    })
  }
}

/** Makes the folder too, where there is none. */
async function write(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path))
    await writeAtomically(path, text)
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}
