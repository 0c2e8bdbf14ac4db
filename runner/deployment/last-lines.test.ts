import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { LastLines } from './last-lines.ts'

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
