import { escapeHtml } from '../escape-html.ts'

/** A chart in a Markdown document: the reader's theme decides which of the two files `<path>-light.svg` and `<path>-dark.svg` is shown. */
export function pictureTag(path: string, alt: string): string {
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${path}-dark.svg">`,
    `  <img alt="${escapeHtml(alt)}" src="${path}-light.svg">`,
    '</picture>',
  ].join('\n')
}
