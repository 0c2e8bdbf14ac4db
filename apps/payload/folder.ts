import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileName, payloadBody, payloadSizes } from './payload.ts'

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
