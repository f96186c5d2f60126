// A plugin that asks the host for what it is told to.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"paddock"
)

type step struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

type asking struct{ host *paddock.Host }

func (a *asking) Register() (json.RawMessage, error) { return nil, nil }

func (a *asking) Init(config map[string]string, host *paddock.Host) error {
	a.host = host
	return nil
}

func (a *asking) Shutdown() error { return nil }

func (a *asking) Call(function string, args json.RawMessage) (json.RawMessage, error) {
	var asked struct {
		step
		Calls []step `json:"calls"`
	}
	if err := json.Unmarshal(args, &asked); err != nil {
		return nil, err
	}
	switch function {
	case "ask":
		value, err := a.host.Call(asked.Name, asked.Args)
		if err != nil {
			return json.Marshal(map[string]string{"code": strings.SplitN(err.Error(), ":", 2)[0]})
		}
		return json.Marshal(map[string]json.RawMessage{"value": value})
	case "let":
		return a.host.Call(asked.Name, asked.Args)
	case "all":
		answers := make([]json.RawMessage, len(asked.Calls))
		var all sync.WaitGroup
		for i, one := range asked.Calls {
			all.Add(1)
			go func(i int, one step) {
				defer all.Done()
				answers[i], _ = a.host.Call(one.Name, one.Args)
			}(i, one)
		}
		all.Wait()
		return json.Marshal(answers)
	case "say":
		_, err := a.host.Call("log", map[string]string{"level": "warn", "message": "hello"})
		return json.RawMessage("null"), err
	}
	return nil, fmt.Errorf("there is no function %q", function)
}

func main() { paddock.Serve(&asking{}) }
