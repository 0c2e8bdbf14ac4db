import { Eta } from 'eta'
import type { Workload } from '../app.ts'
import { lookup } from './lookup.ts'

const eta = new Eta({ autoEscape: true })

/** No work at all: what is left is the framework's. */
function hello(): string {
  return 'Hello, World!'
}

// Compiled once, when the server starts: templates in production are not parsed per request.
const greeting = eta.compile(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Hello</title></head>
<body>
<h1>Hello, <%= it.name %>!</h1>
</body>
</html>
`)

// The ampersand makes every page prove that names are escaped.
const visitor = { name: 'Ada & Grace' }

/** Renders one name into a small HTML page. */
function template(): string {
  return eta.render(greeting, visitor)
}

// Eta drops the line break after each tag, so one row is one line of the answer.
const orderPage = eta.compile(`<!doctype html>
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
function table(): string {
  return eta.render(orderPage, orders)
}

/** The one copy of "your code" that every app is given. */
export const workload: Workload = { hello, template, table, lookup }
