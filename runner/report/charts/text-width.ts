import { displayWidth } from '../../result/plain-text.ts'

/** Widths in a wide sans serif font (DejaVu Sans), as a share of the font size: the reader's font is not known, most are narrower. */
const classes: readonly { readonly letters: RegExp; readonly width: number }[] = [
  { letters: /[ijl.,:;'|! ·]/, width: 0.32 },
  { letters: /[ftrI()[\]/\\-]/, width: 0.4 },
  { letters: /[mwMW%@—]/, width: 0.98 },
  { letters: /[+±×÷=<>]/, width: 0.84 },
  { letters: /[A-Z]/, width: 0.74 },
  { letters: /[a-z0-9–µ]/, width: 0.64 },
]
const OTHER = 0.75

/**
 * Pixels that a text takes at most in the usual sans serif fonts. Nothing on this machine is asked, so a chart is laid out alike
 * everywhere.
 */
export function textWidth(text: string, fontSize: number): number {
  let width = 0
  for (const letter of text) {
    const columns = displayWidth(letter)
    width += columns === 2 ? 1 : columns * (classes.find(({ letters }) => letters.test(letter))?.width ?? OTHER)
  }
  return width * fontSize
}
