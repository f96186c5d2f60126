// A plugin whose first line is not always what the library printed. Which one it is, its name says.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/rpc"
	"os"
	"path/filepath"
	"strings"
	"time"

	plugin "github.com/hashicorp/go-plugin"
	"paddock"
)

// A certificate that is well made, and that this program does not serve with.
func another() string {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost", Organization: []string{"HashiCorp"}}, DNSNames: []string{"localhost"}, SerialNumber: big.NewInt(1),
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, _ := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return base64.RawStdEncoding.EncodeToString(der)
}

func certificate(name, real string) string {
	switch {
	case strings.HasPrefix(name, "other"):
		return another()
	case strings.HasPrefix(name, "without"):
		return ""
	case strings.HasPrefix(name, "garbage"):
		return "bm90IGEgY2VydGlmaWNhdGU"
	case strings.HasPrefix(name, "alphabet"):
		return "*" + real
	}
	return real
}

func relay(name string, from io.Reader, to io.Writer) {
	lines := bufio.NewReader(from)
	line, _ := lines.ReadString('\n')
	parts := strings.Split(strings.TrimSpace(line), "|")
	parts[5] = certificate(name, parts[5])
	fmt.Fprintln(to, strings.Join(parts, "|"))
	io.Copy(to, lines)
}

type answers struct{}

func (answers) Register() (json.RawMessage, error)          { return nil, nil }
func (answers) Init(map[string]string, *paddock.Host) error { return nil }
func (answers) Shutdown() error                             { return nil }
func (answers) Call(string, json.RawMessage) (json.RawMessage, error) {
	return json.RawMessage("1"), nil
}
func (answers) GKRegister(args interface{}, resp *[]byte) error            { return nil }
func (answers) Server(*plugin.MuxBroker) (interface{}, error)              { return answers{}, nil }
func (answers) Client(*plugin.MuxBroker, *rpc.Client) (interface{}, error) { return nil, nil }

func main() {
	name := filepath.Base(os.Args[0])
	if strings.HasPrefix(name, "ignores") {
		os.Unsetenv("PLUGIN_CLIENT_CERT")
	}
	out := os.Stdout
	from, to, _ := os.Pipe()
	os.Stdout = to
	go relay(name, from, out)
	if strings.HasSuffix(name, "grpc") {
		paddock.Serve(answers{})
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "GOATKIT_PLUGIN", MagicCookieValue: "goatkit-v1"},
		Plugins:         plugin.PluginSet{"gkplugin": answers{}},
	})
}
