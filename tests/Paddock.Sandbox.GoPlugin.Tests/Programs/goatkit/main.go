// A plugin as GoatKit's are: net/rpc through HashiCorp's go-plugin, with the names and types of its interface.
// Started under the name "older" its registration is a struct, otherwise bytes of JSON.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	plugin "github.com/hashicorp/go-plugin"
)

type InitRequest struct {
	Config    map[string]string
	HostAPIID uint32
}

type CallRequest struct {
	Function string
	Args     json.RawMessage
}

type CallResponse struct {
	Result json.RawMessage
	Error  string
}

type HostAPIRequest struct {
	Method       string
	Args         json.RawMessage
	CallerPlugin string
}

type HostAPIResponse struct {
	Result json.RawMessage
	Error  string
}

type server struct {
	broker *plugin.MuxBroker
	host   *rpc.Client
	config map[string]string
	calls  int
}

func (s *server) ask(method string, args interface{}) (json.RawMessage, error) {
	raw, _ := json.Marshal(args)
	var reply HostAPIResponse
	// The name is a lie: the host knows better.
	if err := s.host.Call("Plugin.Call", HostAPIRequest{method, raw, "somebody-else"}, &reply); err != nil {
		return nil, err
	}
	if reply.Error != "" {
		return nil, errors.New(reply.Error)
	}
	return reply.Result, nil
}

func (s *server) Init(req InitRequest, resp *interface{}) error {
	s.config = req.Config
	conn, err := s.broker.Dial(req.HostAPIID)
	if err != nil {
		return err
	}
	s.host = rpc.NewClient(conn)
	if req.Config["fail"] != "" {
		return errors.New(req.Config["fail"])
	}
	return nil
}

func (s *server) Call(req CallRequest, resp *CallResponse) error {
	s.calls++
	result, err := s.run(req.Function, req.Args)
	if err != nil {
		resp.Error = err.Error()
		return nil
	}
	resp.Result = result
	return nil
}

func (s *server) Shutdown(args interface{}, resp *interface{}) error { return nil }

func text(v interface{}) (json.RawMessage, error) { return json.Marshal(v) }

func deep(n int) int { return deep(n+1) + 1 }

func (s *server) run(function string, args json.RawMessage) (json.RawMessage, error) {
	switch function {
	case "echo":
		return args, nil
	case "fill":
		var files int
		json.Unmarshal(args, &files)
		for i := 0; i < files; i++ {
			if err := os.WriteFile(fmt.Sprintf("%s/filled-%d", os.TempDir(), i), []byte(strings.Repeat("1", 8<<20)), 0600); err != nil {
				return nil, err
			}
		}
		return text("filled")
	case "prose":
		return nil, errors.New(strings.Repeat("1", 1<<20))
	case "babble":
		go func() {
			for {
				fmt.Println(strings.Repeat("1", 1000))
			}
		}()
		return text("done")
	case "fail":
		return nil, errors.New("it failed")
	case "text":
		return json.RawMessage("no json"), nil
	case "loop":
		for {
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "memory":
		var all [][]byte
		for {
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = 1
			}
			all = append(all, block)
		}
	case "deep":
		return text(deep(0))
	case "large":
		return text(strings.Repeat("1", 200000))
	case "huge":
		return text(strings.Repeat("1", 8<<20))
	case "log":
		_, err := s.ask("log", map[string]string{"level": "warn", "message": "hello"})
		return json.RawMessage("null"), err
	case "flood":
		for {
			fmt.Println("again")
		}
	case "print":
		fmt.Println("printed")
		fmt.Fprintln(os.Stderr, "complained")
		_, err := s.ask("time.now", struct{}{})
		return json.RawMessage("null"), err
	case "ask":
		reply, err := s.ask("cache_get", map[string]string{"key": "k"})
		if err != nil {
			return text(err.Error())
		}
		return reply, nil
	case "asks":
		for {
			s.ask("cache_get", map[string]string{"key": "k"})
		}
	case "parallel":
		var all sync.WaitGroup
		for i := 0; i < 40; i++ {
			all.Add(1)
			go func(i int) {
				defer all.Done()
				s.ask("kv_get", map[string]string{"key": fmt.Sprint(i)})
			}(i)
		}
		all.Wait()
		return text("done")
	case "host":
		var call struct {
			Name string
			Args json.RawMessage
		}
		json.Unmarshal(args, &call)
		return s.ask(call.Name, call.Args)
	case "later":
		go func() {
			for {
				s.ask("kv_set", map[string]string{"key": "k", "value": "from nobody's call"})
				time.Sleep(time.Millisecond)
			}
		}()
		return text("left")
	case "count":
		return text(s.calls)
	case "config":
		return text(s.config)
	case "pid":
		return text(os.Getpid())
	case "environment":
		all := os.Environ()
		sort.Strings(all)
		return text(all)
	case "look":
		return text(look(string(args)))
	case "panic":
		panic("the plugin panics")
	case "exit":
		os.Exit(3)
	case "file":
		if _, err := os.Stat("/etc/shadow"); err == nil {
			return text("there is a way")
		}
		return json.RawMessage("null"), nil
	case "variable":
		if os.Getenv("PADDOCK_CANARY") != "" {
			return text("there is a way")
		}
		return json.RawMessage("null"), nil
	}
	return nil, fmt.Errorf("unknown function: %s", function)
}

// What a probe sees at a path, or at a socket of the host.
func look(raw string) string {
	var path string
	json.Unmarshal([]byte(raw), &path)
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return "connected"
	}
	if _, err := os.Stat(path); err == nil {
		return "there"
	}
	return "nothing"
}

type newer struct {
	*server
	name string
}

func (n newer) GKRegister(args interface{}, resp *[]byte) error {
	data, err := json.Marshal(map[string]interface{}{
		"name": n.name, "version": "1.2.3",
		"routes": []map[string]string{{"method": "GET", "path": "/" + n.name, "handler": "echo"}},
	})
	*resp = data
	return err
}

type older struct{ *server }

func (o older) GKRegister(args interface{}, resp *GKRegistration) error {
	*resp = registration
	return nil
}

type gk struct{ kind string }

func (g gk) Server(b *plugin.MuxBroker) (interface{}, error) {
	s := &server{broker: b}
	if g.kind == "older" {
		return older{s}, nil
	}
	return newer{s, g.kind}, nil
}

func (g gk) Client(b *plugin.MuxBroker, c *rpc.Client) (interface{}, error) { return nil, nil }

func main() {
	if echo := os.Getenv("TMPDIR") + "/bare"; filepath.Base(os.Args[0]) == "bare" {
		go bare(echo)
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "GOATKIT_PLUGIN", MagicCookieValue: "goatkit-v1"},
		Plugins:         plugin.PluginSet{"gkplugin": gk{filepath.Base(os.Args[0])}},
	})
}
