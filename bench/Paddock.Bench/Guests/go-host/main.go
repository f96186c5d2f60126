// HashiCorp's own host, for comparison: go-host PROGRAM COUNT prints the median of a call in nanoseconds.
package main

import (
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"time"

	hclog "github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
)

type CallRequest struct {
	Function string
	Args     []byte
}

type CallResponse struct {
	Result []byte
	Error  string
}

type gk struct{}

func (gk) Server(*plugin.MuxBroker) (interface{}, error) { return nil, nil }

func (gk) Client(b *plugin.MuxBroker, c *rpc.Client) (interface{}, error) { return c, nil }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "GOATKIT_PLUGIN", MagicCookieValue: "goatkit-v1"},
		Plugins:         plugin.PluginSet{"gkplugin": gk{}},
		Cmd:             exec.Command(os.Args[1]),
		Logger:          hclog.New(&hclog.LoggerOptions{Output: io.Discard}),
	})
	defer client.Kill()
	protocol, err := client.Client()
	must(err)
	raw, err := protocol.Dispense("gkplugin")
	must(err)
	count, _ := strconv.Atoi(os.Args[2])
	input := []byte(`"` + strings.Repeat("x", 254) + `"`)
	times := make([]time.Duration, 0, count)
	for i := 0; i < count+count/5; i++ {
		start := time.Now()
		var response CallResponse
		must(raw.(*rpc.Client).Call("Plugin.Call", CallRequest{"echo", input}, &response))
		if i >= count/5 {
			times = append(times, time.Since(start))
		}
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	fmt.Println(times[count/2].Nanoseconds())
}
