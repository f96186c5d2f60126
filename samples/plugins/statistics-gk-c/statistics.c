// Figures of the ticket desk, with GoatKit's interface. The same plugin stands beside this one in JavaScript and in AssemblyScript.
#include "gk.h"
#include "registration.h"
#include "rows.h"

// The host's deny leaves its reason in the plugin's log; a call cannot go on from there.
static char *ask(const char *function, const char *args) {
  char *reply = gk_host(function, args);
  if (reply == NULL) abort();
  return reply;
}

#define OPEN_BY_STATE \
  "SELECT s.name AS label, count(t.id) AS count FROM ticket_states s LEFT JOIN tickets t ON t.state_id = s.id " \
  "WHERE s.is_closed = 0 GROUP BY s.id ORDER BY s.position"
// The Monday of the week.
#define CLOSED_PER_WEEK \
  "SELECT date(closed_at, '-6 days', 'weekday 1') AS label, count(*) AS count FROM tickets " \
  "WHERE closed_at IS NOT NULL GROUP BY label ORDER BY label DESC LIMIT 8"
#define OPEN_BY_PRIORITY \
  "SELECT p.name AS label, count(t.id) AS count FROM ticket_priorities p LEFT JOIN " \
  "(SELECT t.id, t.priority_id FROM tickets t JOIN ticket_states s ON s.id = t.state_id WHERE s.is_closed = 0) t " \
  "ON t.priority_id = p.id GROUP BY p.id ORDER BY p.position"
#define QUERY(sql) ask("db_query", "{\"query\":\"" sql "\"}")

// The text of a key in the caller's language.
static char *translated(const char *key) {
  struct text request = {0};
  add(&request, "{\"key\":\"");
  add_json(&request, key);
  add(&request, "\"}");
  const char *reply = ask("translate", request.bytes);
  if (!take(&reply, "{\"value\":")) abort();
  return take_string(&reply);
}

// A name that the plugin has no text for is shown as it is.
static const char *label(const char *name) {
  struct text key = {0};
  add(&key, "label.");
  add(&key, name);
  char *text = translated(key.bytes);
  return strcmp(text, key.bytes) == 0 ? name : text;
}

static void add_row(struct text *html, const struct row *row, long most) {
  add(html, "<tr><th scope=\"row\">");
  add_html(html, label(row->label));
  add(html, "</th><td>");
  add_number(html, row->count);
  add(html, "</td><td><meter min=\"0\" max=\"");
  add_number(html, most);
  add(html, "\" value=\"");
  add_number(html, row->count);
  add(html, "\">");
  add_number(html, row->count);
  add(html, "</meter></td></tr>");
}

static const char *widget(const char *json) {
  struct row *rows = read_rows(json);
  struct text html = {0}, reply = {0};
  long most = 1;
  for (struct row *row = rows; row->label != NULL; row++) if (row->count > most) most = row->count;
  if (rows->label == NULL) {
    add(&html, "<p>");
    add_html(&html, translated("nothing"));
    add(&html, "</p>");
  } else {
    add(&html, "<table class=\"figures\"><tbody>");
    for (struct row *row = rows; row->label != NULL; row++) add_row(&html, row, most);
    add(&html, "</tbody></table>");
  }
  add(&reply, "{\"html\":\"");
  add_json(&reply, html.bytes);
  add(&reply, "\"}");
  return reply.bytes;
}

static void add_figures(struct text *json) {
  add(json, "\"openByState\":");
  add(json, QUERY(OPEN_BY_STATE));
  add(json, ",\"closedPerWeek\":");
  add(json, QUERY(CLOSED_PER_WEEK));
  add(json, ",\"openByPriority\":");
  add(json, QUERY(OPEN_BY_PRIORITY));
}

// GET /statistics/c
static const char *figures(void) {
  struct text json = {0};
  add(&json, "{");
  add_figures(&json);
  add(&json, ",\"snapshot\":");
  // {"value":…,"found":…}: the value is all between the first colon and the last comma.
  const char *kept = ask("kv_get", "{\"key\":\"snapshot:latest\"}");
  if (!take(&kept, "{\"value\":")) abort();
  add_bytes(&json, kept, (size_t)(strrchr(kept, ',') - kept));
  add(&json, "}");
  return json.bytes;
}

static void keep(const char *key, const char *snapshot) {
  struct text request = {0};
  add(&request, "{\"key\":\"snapshot:");
  add_json(&request, key);
  add(&request, "\",\"value\":");
  add(&request, snapshot);
  add(&request, "}");
  ask("kv_set", request.bytes);
}

// Every night, with {"scheduled":"…",…}.
static const char *nightly(const char *args) {
  const char *at = strstr(args, "\"scheduled\":");
  if (at == NULL) abort();
  at += strlen("\"scheduled\":");
  char *scheduled = take_string(&at), day[11] = {0};
  strncpy(day, scheduled, 10);
  struct text snapshot = {0}, line = {0};
  add(&snapshot, "{\"at\":\"");
  add_json(&snapshot, scheduled);
  add(&snapshot, "\",");
  add_figures(&snapshot);
  add(&snapshot, "}");
  keep(day, snapshot.bytes);
  keep("latest", snapshot.bytes);
  add(&line, "snapshot of ");
  add(&line, scheduled);
  gk_log(GK_INFO, line.bytes);
  return "{\"kept\":true}";
}

const char *gk_plugin_register(void) { return registration; }

const char *gk_plugin_call(const char *function, const char *args) {
  if (strcmp(function, "open_by_state") == 0) return widget(QUERY(OPEN_BY_STATE));
  if (strcmp(function, "closed_per_week") == 0) return widget(QUERY(CLOSED_PER_WEEK));
  if (strcmp(function, "open_by_priority") == 0) return widget(QUERY(OPEN_BY_PRIORITY));
  if (strcmp(function, "figures") == 0) return figures();
  if (strcmp(function, "nightly") == 0) return nightly(args);
  return NULL;
}
