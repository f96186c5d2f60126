// Figures of the ticket desk, on Extism's interface. The same plugin stands beside this one in JavaScript and in C.
import { Host, LogLevel } from "@extism/as-pdk";
import { ask, query, translated } from "./host";
import { escape, quote, Reader } from "./rows";

const OPEN_BY_STATE =
  "SELECT s.name AS label, count(t.id) AS count FROM ticket_states s LEFT JOIN tickets t ON t.state_id = s.id " +
  "WHERE s.is_closed = 0 GROUP BY s.id ORDER BY s.position";
// The Monday of the week.
const CLOSED_PER_WEEK =
  "SELECT date(closed_at, '-6 days', 'weekday 1') AS label, count(*) AS count FROM tickets " +
  "WHERE closed_at IS NOT NULL GROUP BY label ORDER BY label DESC LIMIT 8";
const OPEN_BY_PRIORITY =
  "SELECT p.name AS label, count(t.id) AS count FROM ticket_priorities p LEFT JOIN " +
  "(SELECT t.id, t.priority_id FROM tickets t JOIN ticket_states s ON s.id = t.state_id WHERE s.is_closed = 0) t " +
  "ON t.priority_id = p.id GROUP BY p.id ORDER BY p.position";

// A name that the plugin has no text for is shown as it is.
function label(name: string): string {
  const key = "label." + name;
  const text = translated(key);
  return text == key ? name : text;
}

function widget(sql: string): i32 {
  const rows = new Reader(query(sql)).rows();
  let most: i64 = 1;
  for (let i = 0; i < rows.length; i++) most = max(most, rows[i].count);
  let html = rows.length == 0 ? "<p>" + escape(translated("nothing")) + "</p>" : '<table class="figures"><tbody>';
  for (let i = 0; i < rows.length; i++) {
    const count = rows[i].count.toString();
    html += '<tr><th scope="row">' + escape(label(rows[i].label)) + "</th><td>" + count + '</td><td><meter min="0" max="' + most.toString() +
      '" value="' + count + '">' + count + "</meter></td></tr>";
  }
  if (rows.length > 0) html += "</tbody></table>";
  Host.outputString('{"html":' + quote(html) + "}");
  return 0;
}

function counted(): string {
  return '"openByState":' + query(OPEN_BY_STATE) + ',"closedPerWeek":' + query(CLOSED_PER_WEEK) + ',"openByPriority":' + query(OPEN_BY_PRIORITY);
}

export function open_by_state(): i32 { return widget(OPEN_BY_STATE); }

export function closed_per_week(): i32 { return widget(CLOSED_PER_WEEK); }

export function open_by_priority(): i32 { return widget(OPEN_BY_PRIORITY); }

// GET /statistics/assemblyscript
export function figures(): i32 {
  Host.outputString("{" + counted() + ',"snapshot":' + ask("kv.get", '{"key":"snapshot:latest"}') + "}");
  return 0;
}

// Every night, with {"scheduled":"…",…}.
export function nightly(): i32 {
  const input = Host.inputString();
  const reader = new Reader(input.substring(input.indexOf('"scheduled":') + 12));
  const at = reader.text();
  const snapshot = '{"at":' + quote(at) + "," + counted() + "}";
  ask("kv.set", '{"key":' + quote("snapshot:" + at.substring(0, 10)) + ',"value":' + snapshot + "}");
  ask("kv.set", '{"key":"snapshot:latest","value":' + snapshot + "}");
  Host.log(LogLevel.Info, "snapshot of " + at);
  Host.outputString('{"kept":true}');
  return 0;
}
