import { RunError, UserError } from './errors.ts'

const causes: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'part of the path is a file, not a folder',
  EEXIST: 'it is a file, not a folder',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
  EFBIG: 'the limit for the size of a file (ulimit -f) is reached',
  EIO: 'the disk reported an error',
}

const nextSteps: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or choose a folder on another disk with --out',
  EDQUOT: 'free some space, or choose a folder on another disk with --out',
  EMFILE: 'raise the limit with ulimit -n',
  EFBIG: 'raise the limit with ulimit -f',
}

/**
 * Results cannot be kept where the user requested: found out before anything is measured.
 * @param option the option that chose the place
 */
export function cannotKeepResults(out: string, cause: unknown, option = '--out'): UserError {
  return new UserError('out-not-writable', `cannot write results to ${out}: ${causeInWords(cause)}`, details(cause, option))
}

/** Writing failed in the middle of a run. */
export function cannotWrite(path: string, cause: unknown): RunError {
  return new RunError('write-failed', `cannot write ${path}: ${causeInWords(cause)}`, details(cause, '--out'))
}

function details(cause: unknown, option: string): { hint: string; cause: unknown } {
  return { hint: nextSteps[codeOf(cause)]?.replace('--out', option) ?? `choose another folder with ${option}`, cause }
}

function causeInWords(cause: unknown): string {
  const code = codeOf(cause)
  return causes[code] ?? (cause instanceof Error ? cause.message : String(cause))
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
