// A plugin of three versions of its interface, over gRPC; what it is called in says which one was chosen.
package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"paddock"
)

type version int

func (v version) Register() (json.RawMessage, error) {
	return json.RawMessage(`{"name":"versions"}`), nil
}

func (v version) Init(map[string]string, *paddock.Host) error { return nil }

// Shutdown is called once, and leaves a word for who looks.
func (v version) Shutdown() error {
	return os.WriteFile(os.Getenv("TMPDIR")+"/ended", []byte("ended"), 0o666)
}

func (v version) Call(string, json.RawMessage) (json.RawMessage, error) { return json.Marshal(int(v)) }

func main() {
	versions := map[int]paddock.Plugin{}
	for _, digit := range filepath.Base(os.Args[0]) {
		if digit >= '0' && digit <= '9' {
			versions[int(digit-'0')] = version(digit - '0')
		}
	}
	paddock.ServeVersions(versions)
}
