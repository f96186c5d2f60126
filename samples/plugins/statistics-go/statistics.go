// A widget with the open tickets by state.
package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"paddock"
)

const query = `SELECT s.name AS label, count(*) AS count FROM tickets t JOIN ticket_states s ON s.id = t.state_id GROUP BY s.name ORDER BY count DESC`

type statistics struct{ host *paddock.Host }

func (s *statistics) Register() (json.RawMessage, error) {
	return json.RawMessage(`{
		"name": "statistics-go",
		"version": "1.0.0",
		"widgets": [{"id": "by-state", "title": "by_state", "handler": "by_state", "location": "dashboard", "order": 40, "refreshable": true}],
		"i18n": {"languages": ["en", "de"], "translations": {"en": {"by_state": "Tickets by state (Go)"}, "de": {"by_state": "Tickets nach Status (Go)"}}}
	}`), nil
}

func (s *statistics) Init(config map[string]string, host *paddock.Host) error {
	s.host = host
	return nil
}

func (s *statistics) Shutdown() error { return nil }

func (s *statistics) Call(function string, args json.RawMessage) (json.RawMessage, error) {
	if function != "by_state" {
		return nil, fmt.Errorf("there is no function %q", function)
	}
	raw, err := s.host.Call("db_query", map[string]string{"query": query})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Label string
		Count int
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, err
	}
	var list strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&list, "<li>%s: %d</li>", html.EscapeString(row.Label), row.Count)
	}
	return json.Marshal(map[string]string{"html": "<ul>" + list.String() + "</ul>"})
}

func main() { paddock.Serve(&statistics{}) }
