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
