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
export function fileName(bytes: PayloadSize): string {
  return `file/${bytes}.txt`
}

export const text = 'text/plain; charset=utf-8'

/** What every app of this folder has to answer, by endpoint. */
export const payloadAnswers: Readonly<Record<string, ExpectedAnswer>> = Object.fromEntries(
  payloadSources.flatMap((source) =>
    payloadSizes.map((bytes): [string, ExpectedAnswer] => [
      payloadEndpoint(source, bytes),
      { path: payloadPath(source, bytes), status: 200, contentType: text, contentLength: bytes, body: payloadBody(bytes) },
    ]),
  ),
)
