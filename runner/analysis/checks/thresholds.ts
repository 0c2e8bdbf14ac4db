/**
 * Thresholds that several checks share; those of one check stand beside it. "Seen", there and here, is in three default runs of a quiet
 * virtual machine with two CPUs (14, 16 and 20 rounds, 20 cells each), in which no suspect or invalid finding may show up. `share` is from
 * 0 to 1.
 */

/** Rounds that make an interval to be trusted; Student's t is honest with fewer, but wide and easily upset. */
export const TRUSTED_ROUNDS = 6
/** A difference up to this matters to no one: the margin of the ranks. */
export const MARGIN = 0.01
/** Of tests on several cells at once, after correction for their number. */
export const FAMILY_ALPHA = 0.05
/** Busy for so much of its time, a CPU is what limits a throughput. */
export const USED_UP = 0.95
