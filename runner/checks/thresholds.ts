/**
 * All thresholds of the checks, with the reason for each. What was seen are three default runs of a quiet virtual machine with two
 * CPUs (14, 16 and 20 rounds, 20 cells each), in which no suspect or invalid finding may show up. `share` is from 0 to 1.
 */

/** The server's CPU is the resource to be exhausted. Seen: 0.97 to 0.99 as the median of slices. */
export const BUSY_ENOUGH = 0.93
/** Far below, something else than the app is measured. */
export const HARDLY_BUSY = 0.85
/** Above this share the load generator has nothing left for a faster app. Seen: up to 0.90, on `hello` of the baseline. */
export const LOAD_GENERATOR_BUSY = 0.95

/** A server that waits for timers of TCP is idle most of the time. */
export const STALLED_BELOW_BUSY = 0.5
/** A wait for TCP takes longer than this, milliseconds: Linux delays an acknowledgement by 40 ms at the least (TCP_DELACK_MIN), less a tick. */
export const STALL_FROM_MILLISECONDS = 34
/** Of the time in which requests wait, that in which a part of the answer was there already. Seen with two writes and Nagle: 0.9. */
export const HELD_SHARE = 0.5
/** Of the answers whose first part was acknowledged early, those whose rest came at once. Seen: all but a few with Nagle, else none. */
export const RELEASED_SHARE = 0.5

/** Of the time in which a server idles, that in which it or the load generator waited for its CPU: with more, others are to blame. */
export const WAITED_FOR_CPU_SHARE = 0.5
/** Connections to try over those that would do if all requests came at the best moment. */
export const SPARE_CONNECTIONS = 1.25

/** Little's law, |X · R ÷ N − 1|. Seen in quiet slices: X · R ÷ N from 0.993 to 0.995 (median), on every endpoint but `lookup`. */
export const LITTLE_SUSPECT = 0.05
export const LITTLE_INVALID = 0.1
/** Answers per connection and slice; with 3 of them, on `lookup`, X · R ÷ N is 0.955 to 0.971, because the first lap is slower. */
export const LITTLE_LAPS = 10
/** Latencies are recorded of disturbed slices too: with more of them than this, they tell of the disturbance. */
export const LITTLE_DISTURBED_SHARE = 0.1

/** Answers that were waited for after the gate had closed are in the latencies and mostly not in the rate: with more of that than this, the law says nothing. */
export const LITTLE_SLOW_SHARE = LITTLE_SUSPECT

/** Fewer slices with a slow answer are the moment in which a virtual machine stood still. Seen: none. */
export const FEWEST_SLOW_SLICES = 3
/** With more of them, share of the slices, a visitor would notice what the cost does not tell. */
export const SLOW_SLICES_SHARE = 0.03

/**
 * A rate needs a steady part, laps a slice: with fewer, slices without any are slow ones, and what is left is too fast. Answers that come
 * all at once after a stall have none.
 */
export const FEWEST_LAPS = 2

/** Answers per second over requests due per second: below, the server or the load generator does not keep up. */
export const ACHIEVED_SHARE = 0.99
/** Requests that are on their way when a slice ends; a slow endpoint has few in a slice, and these are no backlog. */
export const UNANSWERED_AT_THE_END = 5
/** How late requests are sent over their latency, at the median and at the 99th percentile, whichever is worse. */
export const LAG_SHARE = 0.05
export const LAG_INVALID_SHARE = 0.25

/**
 * Two counts of one thing may differ by ramps and rounding. Seen: CPU over elapsed time up to 0.994; steady rate times cost up to 1.01 with
 * 16 connections, in 60 cells of servers, proxies and files.
 */
export const COUNTERS_MAY_EXCEED = 1.03
/**
 * By how much more than others a request outside of the steady part may cost, share. Seen with the skeleton: steady rate times cost 0.99
 * where 3 % of the requests are outside (16 connections), 1.00 where 6 % are (32), 1.02 where 11 % are (64), 1.05 where 20 % are (128).
 */
export const UNSTEADY_MAY_COST_MORE = 0.3
/** In a few slices ramp and drain weigh too much. Nanoseconds, some fifty slices. */
export const ENOUGH_TIME_FOR_COUNTERS_NS = 1e9
/** The process' own clock ticks beside the nanoseconds of its process tree. Seen: 0.98 to 1.02. */
export const TICKS_MAY_EXCEED = 1.05
/** Ticks are counted in steps of 10 ms: less CPU time than this, in nanoseconds, is too few of them. */
export const ENOUGH_CPU_FOR_TICKS_NS = 5e9
/** A difference of two readings in whole ticks is off by 10 ms / √6 in the mean square: so many deviations of a sum are no rounding. */
export const TICK_DEVIATION_NS = 10e6 / Math.sqrt(6)
export const TICK_DEVIATIONS = 5

/** Rounds that make an interval to be trusted; Student's t is honest with fewer, but wide and easily upset. */
export const TRUSTED_ROUNDS = 6
export const FEWEST_ROUNDS = 2

/** Blocks kept of those planned: with fewer, what was thrown away may have been different from what was kept. */
export const FEW_BLOCKS_SHARE = 0.7
export const TOO_FEW_BLOCKS_SHARE = 0.5

/** A change of the cost within rounds that matters, percent: as large as the precision asked for. */
export const DRIFT_PERCENT = 1
/** What helper threads take less in the second half of a round than in the first, percent of the CPU time: a cost of the same share. */
export const COMPILING_PERCENT = 1
/** Beyond so many robust standard deviations a value counts as an outlier (Iglewicz and Hoaglin, 1993). */
export const OUTLIER_SCORE = 3.5
/** Two estimates of the centre further apart than this share of the half-width: the rounds are skewed. */
export const SKEW_SHARE = 0.5
/** Of a CPU, while nobody asks: Node alone takes 0.0003. */
export const WORKS_WHEN_IDLE_SHARE = 0.01
/** Of a CPU, while others are asked. */
export const WORKS_BETWEEN_SHARE = 0.02
/** With more of it, caches are never what an app alone would find. */
export const CROWDS_SHARE = 0.2
/** A difference up to this matters to no one: the margin of the ranks. */
export const MARGIN = 0.01
/** Of tests on several cells at once, after correction for their number. */
export const FAMILY_ALPHA = 0.05
/** A trend questions the intervals themselves, so it has to be beyond doubt. */
export const TREND_ALPHA = 0.01
/** Kinds of processes whose costs are closer than this are one to whoever reads them. Seen: kinds that are 7 and 24 % apart. */
export const KINDS_APART = 0.03
/** The 90th percentile of the rounds' baseline costs over the 10th, minus 1. Seen: up to 0.13; processes alone differ by 0.02. */
export const SPEED_SPREAD = 0.05

/** First to last place of a block, share of the cost. */
export const POSITION_EFFECT = 0.005

/** CPU time taken by the hypervisor, share of the two CPUs in use. Seen: 0.00005. */
export const STEAL_SHARE = 0.02
/** CPU time used by other programs. Seen: 0.007 to 0.009. */
export const FOREIGN_SHARE = 0.05
/** Farthest round over nearest: a virtual machine was moved. Seen: 1.05 in one place, 3.2 between two. */
export const DISTANCE_CHANGE = 1.25
/** Attempts at blocks that were disturbed. */
export const TOO_BUSY_SHARE = 0.3

/** Share of the wanted warm-up: the pilot does not know what is wanted more exactly than this. */
export const ENOUGH_OF_THE_WARM_UP = 0.95
/** Warm-up below which a run is one of cold code: after 0.5 s koa and express were 30 to 80 % too dear (5 runs of 45 s), after 1.3 s 2 %. */
export const COLD_MILLISECONDS = 1_000

/** Busy for so much of its time, a CPU is what limits a throughput. */
export const USED_UP = 0.95
