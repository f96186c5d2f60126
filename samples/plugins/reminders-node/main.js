// Reminders by day. The same plugin stands beside this one in Python; this one runs as a JavaScript plugin too.
'use strict';

const iso = (date) => date.toISOString().slice(0, 10);

// Keeps a reminder; answers how many there are for that day.
async function add(ctx) {
  const day = iso(new Date(ctx.input.day));
  const texts = [...((await ctx.host.kv.get('reminder:' + day)) ?? []), ctx.input.text];
  await ctx.host.kv.set('reminder:' + day, texts);
  console.log('added one for', day);
  return { day, count: texts.length };
}

// Reminders of a day and of the day before, asked for at once.
async function due(ctx) {
  const day = new Date(ctx.input.day);
  const days = [1, 0].map((back) => iso(new Date(day.getTime() - back * 86400000)));
  const found = await Promise.all(days.map((each) => ctx.host.kv.get('reminder:' + each)));
  return Object.fromEntries(days.map((each, i) => [each, found[i] ?? []]));
}

// Called where no function is named.
const run = (ctx) => add(ctx).catch((error) => ({ refused: error.code }));

module.exports = { default: run, run, add, due };
