import { expect, test } from 'vitest'
import { escapeHtml } from './escape-html.ts'

test.each([
  ['<script>alert("x")</script>', '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'],
  ["it's & so", 'it&#39;s &amp; so'],
  ['&lt;', '&amp;lt;'],
  ['1.467 [1.455, 1.479]', '1.467 [1.455, 1.479]'],
])('%j', (text, escaped) => expect(escapeHtml(text)).toBe(escaped))
