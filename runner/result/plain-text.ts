import { stripVTControlCharacters } from 'node:util'
import { closest, distance } from 'fastest-levenshtein'

/** Letters that take two columns of a terminal: East Asian wide and full-width forms, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
/** Marks that sit on the letter before them. */
const zeroWidth = /[\p{Mn}\p{Me}]/u

/**
 * A stranger's text as one harmless line: titles, versions, error messages and output lines come from the apps under test, and may
 * hold escape sequences, line breaks, marks that reverse the direction of writing, or a megabyte.
 * @param limit most characters to keep; an ellipsis stands for the rest
 */
export function plainText(text: string, limit: number): string {
  // Bounded first, generously: cleaning a megabyte to show forty characters would be a way to stall the report.
  const bounded = text.slice(0, 8 * limit + 1024).toWellFormed()
  const clean = stripVTControlCharacters(bounded)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  const letters = [...clean]
  return letters.length <= limit ? clean : `${letters.slice(0, Math.max(0, limit - 1)).join('')}…`
}

/** Columns the text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) width += zeroWidth.test(letter) ? 0 : wide.test(letter) ? 2 : 1
  return width
}

/** Cuts the text to so many columns of a terminal; an ellipsis stands for the rest. */
export function fitTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  for (const letter of text) {
    if (displayWidth(kept + letter) > columns - 1) break
    kept += letter
  }
  return columns < 1 ? '' : `${kept}…`
}

/** Breaks a text between words so that no line is longer than `columns`, if no word is; lines after the first are indented. */
export function wrapWords(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(`${line} ${word}`) > columns) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

const conjunction = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** `a`, `a and b`, `a, b and c`. */
export function listInWords(items: readonly string[]): string {
  return conjunction.format(items)
}

/** The known name that a slip of the finger may have meant, or null. */
export function nearest(text: string, known: readonly string[]): string | null {
  if (text === '' || known.length === 0) return null
  const candidate = closest(text, [...known])
  return distance(text, candidate) <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : null
}

/** One word for a POSIX shell: as it is when harmless, else in quotes; control characters as escapes, so that it stays one line. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word
  if (!/\p{C}|\p{Zl}|\p{Zp}/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  // Not POSIX before 2024, but known to bash, zsh, ksh and busybox: the only way to write an escape character visibly.
  const escaped = word.replace(/[\\']/g, '\\$&').replace(/\p{C}|\p{Zl}|\p{Zp}/gu, asBytes)
  return `$'${escaped}'`
}

function asBytes(letter: string): string {
  // Octal takes three digits at most; hexadecimal would swallow the letters after it in some shells.
  return [...Buffer.from(letter)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
