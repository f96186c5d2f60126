// Package paddock serves a plugin of Paddock over HashiCorp's go-plugin with gRPC.
package paddock

import (
	"context"
	"encoding/json"
	"errors"

	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Plugin is what a program implements. Calls come one at a time.
type Plugin interface {
	// Register says what the plugin contributes, as JSON; nil for nothing.
	Register() (json.RawMessage, error)
	// Init comes before the first call.
	Init(config map[string]string, host *Host) error
	// Call runs one of its functions.
	Call(function string, args json.RawMessage) (json.RawMessage, error)
	// Shutdown comes before the end, where there is time for it.
	Shutdown() error
}

// Host is the way to the host's functions: of the call that the plugin serves just now.
type Host struct{ conn *grpc.ClientConn }

// Call asks the host for something: Call("db_query", map[string]interface{}{"query": "SELECT 1"}).
func (h *Host) Call(function string, args interface{}) (json.RawMessage, error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	var out reply
	if err := h.conn.Invoke(context.Background(), "/paddock.plugin.v1.Host/Call", &callRequest{function, raw}, &out); err != nil {
		return nil, err
	}
	if out.Error != "" {
		return nil, errors.New(out.Error)
	}
	return out.Result, nil
}

// Serve runs the plugin until the host ends it.
func Serve(p Plugin) { ServeVersions(map[int]Plugin{1: p}) }

// ServeVersions runs the plugin for the highest version of its interface that the host has too.
func ServeVersions(versions map[int]Plugin) {
	trustHost()
	sets := map[int]plugin.PluginSet{}
	for version, p := range versions {
		sets[version] = plugin.PluginSet{"paddock": &wire{plugin: p}}
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: "GOATKIT_PLUGIN", MagicCookieValue: "goatkit-v1"},
		VersionedPlugins: sets,
		GRPCServer:       plugin.DefaultGRPCServer,
	})
}

type wire struct {
	plugin.NetRPCUnsupportedPlugin
	plugin Plugin
}

func (w *wire) GRPCServer(broker *plugin.GRPCBroker, s *grpc.Server) error {
	// Early versions of the library have no service for what is printed; later ones have registered theirs by now.
	printed := &stdio{}
	if _, ok := s.GetServiceInfo()[stdioDescription.ServiceName]; ok {
		printed = nil
	} else {
		s.RegisterService(&stdioDescription, printed)
	}
	s.RegisterService(&description, &server{w.plugin, broker, printed})
	return nil
}

func (w *wire) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (interface{}, error) {
	return nil, errors.New("this is the plugin's side")
}

type server struct {
	plugin Plugin
	broker *plugin.GRPCBroker
	stdio  *stdio
}

func (s *server) register(interface{}) (interface{}, error) {
	if s.stdio != nil {
		s.stdio.capture()
	}
	data, err := s.plugin.Register()
	return &registration{data}, err
}

func (s *server) init(in interface{}) (interface{}, error) {
	request := in.(*initRequest)
	conn, err := s.broker.Dial(request.HostID)
	if err != nil {
		return nil, err
	}
	return &empty{}, s.plugin.Init(request.Config, &Host{conn})
}

func (s *server) call(in interface{}) (interface{}, error) {
	request := in.(*callRequest)
	result, err := s.plugin.Call(request.Function, request.Args)
	if err != nil {
		return &reply{Error: err.Error()}, nil
	}
	return &reply{Result: result}, nil
}

func (s *server) shutdown(interface{}) (interface{}, error) {
	return &empty{}, s.plugin.Shutdown()
}

func method(name string, request func() interface{}, run func(*server, interface{}) (interface{}, error)) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(s interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
		in := request()
		if err := decode(in); err != nil {
			return nil, err
		}
		return run(s.(*server), in)
	}}
}

var description = grpc.ServiceDesc{
	ServiceName: "paddock.plugin.v1.Plugin",
	HandlerType: (*interface{})(nil),
	Methods: []grpc.MethodDesc{
		method("Register", func() interface{} { return &empty{} }, (*server).register),
		method("Init", func() interface{} { return &initRequest{} }, (*server).init),
		method("Call", func() interface{} { return &callRequest{} }, (*server).call),
		method("Shutdown", func() interface{} { return &empty{} }, (*server).shutdown),
	},
}
