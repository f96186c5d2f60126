package paddock

import (
	"io/ioutil"
	"os"
)

// trustHost makes AutoMTLS work both ways with version 1.0 of the library, which verifies the host, where its broker dials it, against the system's
// authorities. There is one peer here, and no network: its certificate becomes the only authority. Later versions do not look there.
func trustHost() {
	certificate := os.Getenv("PLUGIN_CLIENT_CERT")
	if certificate == "" {
		return
	}
	file, err := ioutil.TempFile("/tmp", "host-*.pem")
	if err != nil {
		return
	}
	defer file.Close()
	if _, err := file.WriteString(certificate); err == nil {
		os.Setenv("SSL_CERT_FILE", file.Name())
		os.Setenv("SSL_CERT_DIR", "/nonexistent")
	}
}
