import { RunError } from '../errors.ts'

/**
 * Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->` in a document.
 * @throws RunError when the document has no such region
 */
export function replaceRegion(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from < 0 || to < from)
    throw new RunError('no-region', `the document has no region "${name}": it needs the lines ${start} and ${end}`)
  return `${document.slice(0, from + start.length)}\n\n${content.trim()}\n\n${document.slice(to)}`
}
