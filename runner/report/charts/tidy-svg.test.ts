import { describe, expect, test } from 'vitest'
import { tidySvg } from './render-svg.ts'

const tidy = (inner: string) =>
  tidySvg(`<svg xmlns="x">${inner}</svg>`, 'Some Sans', 'name')
    .replace(/^<svg [^>]*>/, '')
    .replace('</svg>', '')

describe('tidySvg', () => {
  test.each([
    [
      '<path transform="translate(1.23456,-0.001)" d="M1.005e-7,2.5L3,4"/>',
      '<path transform="translate(1.23,0)" d="M0,2.5L3,4"/>',
    ],
    ['<text font-family="Some Sans" font-size="12px">1.23456</text>', '<text font-size="12px">1.23456</text>'],
    ['<text font-family="Other">x</text>', '<text font-family="Other">x</text>'],
    ['<path class="background" aria-hidden="true" d="M0,0h0v0h0Z"/><g></g>', ''],
    ['<path class="background" d="M0,0h9v9h0Z" stroke="#ddd"/>', '<path class="background" d="M0,0h9v9h0Z" stroke="#ddd"/>'],
    [
      '<g clip-path="url(#clip7)"/><clipPath id="clip7"/><g clip-path="url(#clip3)"/>',
      '<g clip-path="url(#clip1)"/><clipPath id="clip1"/><g clip-path="url(#clip2)"/>',
    ],
    ['<text>opacity="1" aria-hidden="true" d="1.23456"</text>', '<text>opacity="1" aria-hidden="true" d="1.23456"</text>'],
  ])('%s', (before, after) => expect(tidy(before)).toBe(after))

  test('tells font and name once, at the root', () => {
    const root = /^<svg [^>]*>/.exec(tidySvg('<svg xmlns="x"></svg>', "A, 'B'", 'a "b"'))![0]
    expect(root).toContain('font-family="A, &#39;B&#39;"')
    expect(root).toContain('aria-label="a &quot;b&quot;"')
  })
})
