import { Eta } from 'eta'

const eta = new Eta({ autoEscape: true })

// Eta drops the line break after each tag, so one row is one line of the answer.
const page = eta.compile(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Orders</title></head>
<body>
<table>
<% for (const row of it.rows) { %>
<tr><% for (const cell of row) { %><td><%= cell %></td><% } %></tr>
<% } %>
</table>
</body>
</html>
`)

// Six columns, four rows; some cells hold characters that must be escaped, as real data does.
const orders = {
  rows: [
    ['1001', 'Ada & Grace', 'bolts < 5 mm', '12', '0.35', 'open'],
    ['1002', 'Edsger', '"special" nuts', '7', '1.20', 'paid'],
    ['1003', 'Barbara', 'washers', '144', '0.02', 'sent'],
    ['1004', "O'Neil & Sons", 'screws > 8 mm', '50', '0.11', 'open'],
  ],
}

/** Renders an HTML table of 6 columns and 4 rows, every cell escaped. */
export function table(): string {
  return eta.render(page, orders)
}
