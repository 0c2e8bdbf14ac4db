/**
 * Version of the work below. Scores of different versions are not comparable: raise it with every change that moves the time or the
 * checksum, and measure the reference again (`measure-machine.ts`).
 */
export const SPEED_WORK_VERSION = 1

/** What one pass comes to; the same on every machine and every Node.js version. */
export const SPEED_WORK_CHECKSUM = 3_075_959_577

const INTEGERS = 10_000_000
const LINES = 20_000
const KEYS = 4_096
const LOOK_UPS = 700_000
const NODES = 2_000_000

/**
 * One pass of fixed work in plain JavaScript, four parts of about equal length on the machine it was written on: integers, texts,
 * look-ups and objects. It does what a framework's code does, without being any framework's code.
 * @returns the checksum, `SPEED_WORK_CHECKSUM`
 */
export function speedWork(): number {
  return (integers(INTEGERS) ^ texts(LINES) ^ lookUps(KEYS, LOOK_UPS) ^ objects(NODES)) >>> 0
}

/** The next number of Marsaglia's xorshift generator (Journal of Statistical Software 8 (14), 2003), shifts 13, 17 and 5. */
function nextRandom(state: number): number {
  let next = state
  next ^= next << 13
  next ^= next >>> 17
  next ^= next << 5
  return next
}

function integers(count: number): number {
  let state = 1
  let sum = 0
  for (let index = 0; index < count; index++) {
    state = nextRandom(state)
    sum = (Math.imul(sum, 31) + (state >>> (index & 15))) | 0
  }
  return sum
}

/** Builds lines as a client would write them and takes them apart again. */
function texts(lines: number): number {
  let sum = 0
  for (let index = 0; index < lines; index++) {
    const line = `GET /items/${index}?page=${index % 17}&name=caf%C3%A9 HTTP/1.1`
    const [method = '', target = ''] = line.split(' ')
    const [path = '', query = ''] = target.split('?')
    for (const pair of query.split('&')) {
      const [name = '', value = ''] = pair.split('=')
      sum = (sum + name.length + decodeURIComponent(value).length + Number.parseInt(value, 36)) | 0
    }
    sum = (Math.imul(sum, 33) + method.charCodeAt(0) + path.lastIndexOf('/') + Number(path.slice(7))) | 0
  }
  return sum
}

function lookUps(keys: number, count: number): number {
  const names = Array.from({ length: keys }, (_, index) => `key-${(index * 7919) % 65_537}`)
  const places = new Map(names.map((name, index) => [name, index]))
  let state = 1
  let sum = 0
  for (let index = 0; index < count; index++) {
    state = nextRandom(state)
    sum = (sum + (places.get(names[state & (keys - 1)]!) ?? 0)) | 0
  }
  return sum
}

/** Short-lived objects in chains, as requests leave them behind. */
function objects(count: number): number {
  interface Node {
    readonly value: number
    readonly tags: readonly number[]
    readonly next: Node | null
  }
  let head: Node | null = null
  let sum = 0
  for (let index = 0; index < count; index++) {
    head = { value: index, tags: [index & 7, index >>> 3], next: index % 64 === 0 ? null : head }
    if (index % 64 === 63)
      for (let node: Node | null = head; node !== null; node = node.next) sum = (sum + node.value * node.tags[0]!) | 0
  }
  return sum
}
