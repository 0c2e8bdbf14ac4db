import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isRunning } from '../fixtures/processes.ts'
import { Child, describeExit, LastLines } from './child.ts'
import { placeOnCpus } from './placement.ts'

const script = fileURLToPath(new URL('../fixtures/child-script.ts', import.meta.url))
const children: Child[] = []

function start(args: string[], cpu: number | null = null): Child {
  const child = new Child(script, args, cpu)
  children.push(child)
  return child
}

function message<T>(child: Child): Promise<T> {
  return new Promise((resolve) => child.onMessage((received) => resolve(received as T)))
}

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(children.splice(0).map((child) => child.stop()))
})

describe('the end of a child', () => {
  it('is told with its exit code, and its last words have arrived by then', async () => {
    // Pipes and exit are told by different events: once would prove nothing.
    for (let time = 0; time < 5; time++) {
      const child = start(['exit', '3'])
      expect(child.exit).toBeNull()
      expect(await child.exited).toEqual({ code: 3, signal: null })
      expect(child.exit).toEqual({ code: 3, signal: null })
      expect([...child.lastLines].sort()).toEqual(['first words', 'last words'])
    }
  })

  it('is told even when a process it left behind holds its output open', async () => {
    const child = start(['leaves-child'])
    const { grandchild } = await message<{ grandchild: number }>(child)
    child.send({})
    expect(await child.exited).toEqual({ code: 0, signal: null })
    expect(isRunning(grandchild)).toBe(true)
    await child.stop()
    await expect.poll(() => isRunning(grandchild)).toBe(false)
  })

  it('is told with the signal', async () => {
    const child = start(['polite'])
    await message(child)
    process.kill(child.pid, 'SIGKILL')
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('is told when there is no such program', async () => {
    vi.stubEnv('PATH', '/nowhere')
    const child = start(['polite'], 0)
    expect(await child.exited).toEqual({ code: null, signal: null })
    expect(child.lastLines.join()).toMatch(/taskset.*ENOENT/)
    expect(await child.stop()).toEqual({ code: null, signal: null })
  })

  it.each([
    [{ code: 1, signal: null }, 'ended with exit code 1'],
    [{ code: null, signal: 'SIGSEGV' }, 'was ended by SIGSEGV'],
    [{ code: null, signal: null }, 'could not be started'],
  ] as const)('%j reads as "%s"', (exit, words) => {
    expect(describeExit(exit)).toBe(words)
  })
})

describe('stopping', () => {
  it('kills a child that does not listen, and what it forked', async () => {
    const child = start(['stubborn'])
    const { grandchild } = await message<{ grandchild: number }>(child)
    expect(isRunning(grandchild)).toBe(true)
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(isRunning(child.pid)).toBe(false)
    await expect.poll(() => isRunning(grandchild)).toBe(false)
  })

  it('may be done twice, also at the same time, and after the end', async () => {
    const child = start(['polite'])
    await message(child)
    const ends = await Promise.all([child.stop(), child.stop()])
    expect(ends).toEqual([child.exit, child.exit])
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' })
    child.send({ anybody: 'there' })
  })
})

describe('what a child gets', () => {
  it('is nothing of the environment but a few harmless variables', async () => {
    vi.stubEnv('SECRET_TOKEN', 'hunter2')
    vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=100')
    vi.stubEnv('NODE_ENV', 'development')
    vi.stubEnv('TZ', 'Asia/Kathmandu')
    const child = start(['environment'])
    const { environment } = await message<{ environment: Record<string, string> }>(child)
    const { NODE_CHANNEL_FD: _fd, NODE_CHANNEL_SERIALIZATION_MODE: _mode, ...own } = environment
    expect(own).toMatchObject({ NODE_ENV: 'production', TZ: 'Asia/Kathmandu', PATH: process.env.PATH })
    const allowed = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_ENV']
    expect(Object.keys(own).filter((name) => !allowed.includes(name))).toEqual([])
    expect(JSON.stringify(environment)).not.toContain('hunter2')
  })

  const { serverCpu } = placeOnCpus()
  it.skipIf(serverCpu === null)('is the one CPU it is pinned to, a process group of its own, and this very Node', async () => {
    const child = start(['polite'], serverCpu)
    await message(child)
    expect(readFileSync(`/proc/${child.pid}/status`, 'utf8')).toContain(`Cpus_allowed_list:\t${serverCpu}\n`)
    const group = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[2]
    expect(Number(group)).toBe(child.pid)
    expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').split('\0')[0]).toBe(process.execPath)
  })
})

describe('the last lines', () => {
  it('are the last twenty, long ones cut', async () => {
    const child = start(['lines'])
    await child.exited
    await expect.poll(() => child.lastLines.at(-1)).toBe('an end without a line break')
    expect(child.lastLines).toHaveLength(20)
    expect(child.lastLines[0]).toBe('line 13')
    expect(child.lastLines.at(-2)).toBe('x'.repeat(500))
  })
})

async function linesOf(chunks: Iterable<string | Buffer>): Promise<readonly string[]> {
  const kept = new LastLines()
  const stream = Readable.from(chunks, { objectMode: false })
  kept.readFrom(stream)
  await new Promise((resolve) => stream.once('close', resolve))
  return kept.lines
}

describe('the last lines of a process', () => {
  it.each([
    ['cut anywhere', ['on', 'e\ntw', 'o\n'], ['one', 'two']],
    ['with the ends of another system', ['one\r\ntwo\r\n'], ['one', 'two']],
    ['without an end', ['one\ntw', 'o'], ['one', 'two']],
    ['that are empty', ['one\n\n', '\ntwo\n'], ['one', '', '', 'two']],
    ['of no bytes at all', [], []],
  ])('%s', async (_what, chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines)
  })

  it('are whole characters, wherever their bytes were cut', async () => {
    const bytes = Buffer.from('Grüße\n')
    expect(await linesOf([...bytes].map((byte) => Buffer.of(byte)))).toEqual(['Grüße'])
  })

  it('are twenty of 500 characters, of however much there was', async () => {
    function* flood() {
      for (let line = 1; line <= 50_000; line++) yield `line ${line}\n`
      // 128 MB on one line.
      for (let chunk = 0; chunk < 2_048; chunk++) yield 'x'.repeat(65_536)
    }
    const lines = await linesOf(flood())
    expect(lines).toHaveLength(20)
    expect(lines.at(-2)).toBe('line 50000')
    expect(lines.at(-1)).toBe('x'.repeat(500))
  })
})
