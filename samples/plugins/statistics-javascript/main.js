// Figures of the ticket desk. The same plugin stands beside this one in C and in AssemblyScript.
'use strict';

const QUERIES = {
  openByState:
    'SELECT s.name AS label, count(t.id) AS count FROM ticket_states s LEFT JOIN tickets t ON t.state_id = s.id ' +
    'WHERE s.is_closed = 0 GROUP BY s.id ORDER BY s.position',
  // The Monday of the week.
  closedPerWeek:
    "SELECT date(closed_at, '-6 days', 'weekday 1') AS label, count(*) AS count FROM tickets " +
    'WHERE closed_at IS NOT NULL GROUP BY label ORDER BY label DESC LIMIT 8',
  openByPriority:
    'SELECT p.name AS label, count(t.id) AS count FROM ticket_priorities p LEFT JOIN ' +
    '(SELECT t.id, t.priority_id FROM tickets t JOIN ticket_states s ON s.id = t.state_id WHERE s.is_closed = 0) t ' +
    'ON t.priority_id = p.id GROUP BY p.id ORDER BY p.position',
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => '&#' + c.charCodeAt(0) + ';');

async function text(ctx, key) {
  return (await ctx.host.translate(key)).value;
}

// A name that the plugin has no text for is shown as it is.
async function label(ctx, name) {
  const key = 'label.' + name;
  const translated = await text(ctx, key);
  return translated === key ? name : translated;
}

async function widget(ctx, rows) {
  if (rows.length === 0) return { html: '<p>' + escape(await text(ctx, 'nothing')) + '</p>' };
  const most = Math.max(1, ...rows.map((row) => row.count));
  let html = '<table class="figures"><tbody>';
  for (const row of rows) {
    const name = escape(await label(ctx, row.label));
    html += `<tr><th scope="row">${name}</th><td>${row.count}</td><td><meter min="0" max="${most}" value="${row.count}">${row.count}</meter></td></tr>`;
  }
  return { html: html + '</tbody></table>' };
}

async function count(ctx) {
  const result = {};
  for (const name of Object.keys(QUERIES)) result[name] = await ctx.host.db.query(QUERIES[name]);
  return result;
}

const open_by_state = async (ctx) => widget(ctx, await ctx.host.db.query(QUERIES.openByState));
const closed_per_week = async (ctx) => widget(ctx, await ctx.host.db.query(QUERIES.closedPerWeek));
const open_by_priority = async (ctx) => widget(ctx, await ctx.host.db.query(QUERIES.openByPriority));

// GET /statistics/javascript
async function figures(ctx) {
  return { ...(await count(ctx)), snapshot: await ctx.host.kv.get('snapshot:latest') };
}

// Every night, with {scheduled, …}.
async function nightly(ctx) {
  const snapshot = { at: ctx.input.scheduled, ...(await count(ctx)) };
  await ctx.host.kv.set('snapshot:' + snapshot.at.slice(0, 10), snapshot);
  await ctx.host.kv.set('snapshot:latest', snapshot);
  console.log('snapshot of ' + snapshot.at);
  return { at: snapshot.at };
}

module.exports = { open_by_state, closed_per_week, open_by_priority, figures, nightly };
