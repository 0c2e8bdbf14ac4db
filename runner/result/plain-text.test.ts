import { describe, expect, test } from 'vitest'
import { displayWidth, fitTo, listInWords, plainText, wrapWords } from './plain-text.ts'

describe('plainText', () => {
  test.each([
    ['colours', 'a\u001b[31mred\u001b[0m', 'ared'],
    ['links', '\u001b]8;;http://evil\u0007text\u001b]8;;\u0007', 'text'],
    ['eight-bit escapes', 'a\u009b2Jb', 'ab'],
    ['an unfinished escape', 'a\u001b', 'a'],
    ['line breaks and tabs', ' a\r\nb\tc\u2028d\u0000e\u007ff ', 'a b c d e f'],
    ['a changed direction of writing', 'a\u202egnp.exe', 'agnp.exe'],
    ['invisible letters', 'a\u200bb\ufeffc', 'abc'],
    ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
  ])('takes out %s', (_, text, clean) => {
    expect(plainText(text, 40)).toBe(clean)
  })

  test('is bounded in letters, not in halves of them', () => {
    expect(plainText('abcdef', 6)).toBe('abcdef')
    expect(plainText('abcdefg', 6)).toBe('abcde…')
    expect(plainText('😀😀😀😀', 3)).toBe('😀😀…')
  })

  test('does not look through a huge text for something to show', () => {
    expect(plainText(`${'\u001b[31m'.repeat(10)}seen`, 40)).toBe('seen')
    expect(plainText(`${'\u001b[31m'.repeat(1000)}seen`, 40)).toBe('')
  })
})

test('widths count columns of a terminal', () => {
  expect(displayWidth('abc')).toBe(3)
  expect(displayWidth('日本')).toBe(4)
  expect(displayWidth('é'.normalize('NFD'))).toBe(1)
  expect(displayWidth('😀')).toBe(2)
})

test('fitTo cuts to columns', () => {
  expect(fitTo('abcdef', 6)).toBe('abcdef')
  expect(fitTo('abcdef', 5)).toBe('abcd…')
  expect(fitTo('日本語', 5)).toBe('日本…')
  expect(fitTo('日本語', 4)).toBe('日…')
  expect(fitTo('abc', 0)).toBe('')
})

test('wrapWords breaks between words only', () => {
  expect(wrapWords('one two three', 8, '  ')).toEqual(['one two', '  three'])
  expect(wrapWords('unbreakable word', 4)).toEqual(['unbreakable', 'word'])
  expect(wrapWords('one two three', Infinity)).toEqual(['one two three'])
})

test('lists in words', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listInWords)).toEqual(['', 'a', 'a and b', 'a, b and c'])
})
