/**
 * Probability of no more runs than there are if the order were random: a run is a stretch of equal marks, so few runs mean that one kind
 * came first and the other later (Wald & Wolfowitz 1940, "On a test whether two samples are from the same population"). Counted exactly.
 * @param marks in order of time
 * @returns from 0 to 1; 1 when all marks are equal
 */
export function fewRunsP(marks: readonly boolean[]): number {
  const [ones, others] = [marks.filter(Boolean).length, marks.filter((mark) => !mark).length]
  if (ones === 0 || others === 0) return 1
  let orders = 0
  for (let runs = 2; runs <= countRuns(marks); runs++) orders += ordersWith(runs, ones, others)
  return orders / binomial(ones + others, ones)
}

export function countRuns(marks: readonly boolean[]): number {
  return marks.filter((mark, index) => index === 0 || mark !== marks[index - 1]).length
}

/** Orders with so many runs: each kind is cut into half of them, rounded up or down. */
function ordersWith(runs: number, ones: number, others: number): number {
  const [less, more] = [Math.floor(runs / 2), Math.ceil(runs / 2)]
  const ways = (onesIn: number, othersIn: number) => binomial(ones - 1, onesIn - 1) * binomial(others - 1, othersIn - 1)
  return ways(less, more) + ways(more, less)
}

function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i
  return n < k ? 0 : ways
}
