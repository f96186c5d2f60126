// Asks for a table that an operator has reason not to grant.
'use strict';

const users = async (ctx) => ctx.host.db.query('SELECT login, password_hash FROM users');

const tickets = async (ctx) => ({ count: (await ctx.host.db.query('SELECT count(*) AS count FROM tickets'))[0].count });

async function colleagues(ctx) {
  const found = await users(ctx);
  return { html: '<ul>' + found.map((user) => `<li>${user.login}</li>`).join('') + '</ul>' };
}

module.exports = { colleagues, users, tickets };
