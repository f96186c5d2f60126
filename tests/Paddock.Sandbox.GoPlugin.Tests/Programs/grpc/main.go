// A plugin over gRPC, with the library of guest/go.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"paddock"
)

type probe struct {
	host   *paddock.Host
	config map[string]string
	calls  int
}

func (p *probe) Register() (json.RawMessage, error) {
	return json.RawMessage(`{"name":"over-grpc","version":"3.0.0"}`), nil
}

func (p *probe) Init(config map[string]string, host *paddock.Host) error {
	p.config, p.host = config, host
	if config["fail"] != "" {
		return errors.New(config["fail"])
	}
	return nil
}

func (p *probe) Shutdown() error { return nil }

func (p *probe) Call(function string, args json.RawMessage) (json.RawMessage, error) {
	p.calls++
	switch function {
	case "echo":
		return args, nil
	case "fail":
		return nil, errors.New("it failed")
	case "text":
		return json.RawMessage("no json"), nil
	case "large":
		return json.Marshal(strings.Repeat("1", 200000))
	case "huge":
		return json.Marshal(strings.Repeat("1", 3<<20))
	case "loop":
		for {
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "exit":
		os.Exit(3)
	case "panic":
		panic("the plugin panics")
	case "count":
		return json.Marshal(p.calls)
	case "config":
		return json.Marshal(p.config)
	case "print":
		fmt.Print("printed in ")
		fmt.Println("pieces")
		fmt.Fprintln(os.Stderr, "complained")
		// The lines have come when as many questions have been answered.
		for i := 0; i < 20; i++ {
			p.host.Call("time_now", struct{}{})
		}
		return json.RawMessage("null"), nil
	case "flood":
		for {
			fmt.Println("again")
		}
	case "log":
		_, err := p.host.Call("log", map[string]string{"level": "warn", "message": "hello"})
		return json.RawMessage("null"), err
	case "ask":
		if _, err := p.host.Call("cache_get", map[string]string{"key": "k"}); err != nil {
			return json.Marshal(err.Error())
		}
		return nil, nil
	case "memory":
		var all [][]byte
		for {
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = 1
			}
			all = append(all, block)
		}
	case "file":
		if _, err := os.Stat("/etc/shadow"); err == nil {
			return json.RawMessage(`"there is a way"`), nil
		}
		return json.RawMessage("null"), nil
	case "variable":
		if os.Getenv("PADDOCK_CANARY") != "" {
			return json.RawMessage(`"there is a way"`), nil
		}
		return json.RawMessage("null"), nil
	case "asks":
		for {
			p.host.Call("cache_get", map[string]string{"key": "k"})
		}
	case "parallel":
		var all sync.WaitGroup
		size := 0
		json.Unmarshal(args, &size)
		for i := 0; i < 40; i++ {
			all.Add(1)
			go func(i int) {
				defer all.Done()
				p.host.Call("kv_get", map[string]string{"key": fmt.Sprint(i) + strings.Repeat("x", size)})
			}(i)
		}
		all.Wait()
		return json.RawMessage(`"done"`), nil
	case "host":
		var call struct {
			Name string
			Args json.RawMessage
		}
		json.Unmarshal(args, &call)
		return p.host.Call(call.Name, call.Args)
	}
	return nil, fmt.Errorf("unknown function: %s", function)
}

func main() { paddock.Serve(&probe{}) }
