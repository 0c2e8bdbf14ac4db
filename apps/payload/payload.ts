import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExpectedAnswer } from '../contract.ts'

/** Sizes of the bodies, bytes: a greeting, a page, a large page. Multiples of a line. */
export const payloadSizes = [40, 10_000, 100_000] as const
export type PayloadSize = (typeof payloadSizes)[number]

/** Where a body comes from: a string that the app holds, or a file that it reads for every request. */
export const payloadSources = ['memory', 'file'] as const
export type PayloadSource = (typeof payloadSources)[number]

const lineBytes = 40

/** Numbered lines of ASCII: no part of a body is equal to another, so one that is in the wrong place is noticed. */
export function payloadBody(bytes: PayloadSize): string {
  return Array.from({ length: bytes / lineBytes }, (_, line) => lineOf(line)).join('')
}

function lineOf(line: number): string {
  return `line ${String(line).padStart(4, '0')} of text as long as the others\n`
}

/** Name of an endpoint: `file-10000`. */
export function payloadEndpoint(source: PayloadSource, bytes: PayloadSize): string {
  return `${source}-${bytes}`
}

export function payloadPath(source: PayloadSource, bytes: PayloadSize): string {
  return source === 'file' ? `/${fileName(bytes)}` : `/memory/${bytes}`
}

/** Of a file with a body, relative to the folder that is served. */
function fileName(bytes: PayloadSize): string {
  return `file/${bytes}.txt`
}

export const text = 'text/plain; charset=utf-8'

/** The bodies that an app holds, by path. */
export function bodiesInMemory(): Map<string, string> {
  return new Map(payloadSizes.map((bytes) => [payloadPath('memory', bytes), payloadBody(bytes)]))
}

/** Files by their path in the folder that is served. */
export function payloadFiles(): Map<string, string> {
  return new Map(payloadSizes.map((bytes) => [fileName(bytes), payloadBody(bytes)]))
}

/** Writes the files into a new folder in the folder for temporary files, which the runner removes with the server. Returns its path. */
export function payloadFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'framework-cost-'))
  for (const [name, body] of payloadFiles()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), body)
  }
  return folder
}

/** What every app of this folder has to answer, by endpoint. */
export const payloadAnswers: Readonly<Record<string, ExpectedAnswer>> = Object.fromEntries(
  payloadSources.flatMap((source) =>
    payloadSizes.map((bytes): [string, ExpectedAnswer] => [
      payloadEndpoint(source, bytes),
      { path: payloadPath(source, bytes), status: 200, contentType: text, contentLength: bytes, body: payloadBody(bytes) },
    ]),
  ),
)
