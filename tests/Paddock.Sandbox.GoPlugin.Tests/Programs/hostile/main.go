// Programs that are started as plugins and are none. Which one it is, its name says.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	directory := os.Getenv("TMPDIR")
	name := filepath.Base(os.Args[0])
	socket := directory + "/s"
	switch {
	case name == "silent":
		time.Sleep(time.Hour)
	case name == "long":
		fmt.Print(strings.Repeat("1", 1<<20))
		time.Sleep(time.Hour)
	case name == "endless":
		for {
			fmt.Print("1|1|unix|")
		}
	case name == "text":
		fmt.Println("hello")
		time.Sleep(time.Hour)
	case name == "exit":
		os.Exit(1)
	case name == "tcp":
		hello("tcp", "127.0.0.1:22")
	case name == "version":
		fmt.Printf("1|9|unix|%s|netrpc|\n", socket)
		time.Sleep(time.Hour)
	case name == "elsewhere":
		hello("unix", "/run/docker.sock")
	case name == "climb":
		hello("unix", directory+"/../run/docker.sock")
	case name == "nobody":
		hello("unix", socket)
	case strings.HasPrefix(name, "link"):
		// The target is a path of the host: the rest of the name, with its slashes written as "+".
		os.Symlink(strings.ReplaceAll(name[len("link"):], "+", "/"), socket)
		hello("unix", socket)
	default:
		serve(socket, name)
	}
}

func hello(network, address string) {
	fmt.Printf("1|1|%s|%s|netrpc|\n", network, address)
	time.Sleep(time.Hour)
}

func frame(kind byte, flags uint16, stream, length uint32) []byte {
	header := make([]byte, 12)
	header[1] = kind
	binary.BigEndian.PutUint16(header[2:], flags)
	binary.BigEndian.PutUint32(header[4:], stream)
	binary.BigEndian.PutUint32(header[8:], length)
	return header
}

func serve(socket, name string) {
	listener, _ := net.Listen("unix", socket)
	fmt.Printf("1|1|unix|%s|netrpc|\n", socket)
	conn, _ := listener.Accept()
	// The host's own words are of no interest, except that they come first.
	conn.Read(make([]byte, 1<<16))
	switch name {
	case "oversized":
		conn.Write(frame(0, 0, 1, 1<<30))
	case "unknown":
		conn.Write(frame(0, 0, 77, 4))
		conn.Write([]byte("data"))
	case "window":
		// Stream 5 is nobody's to read fast enough: more than its window, without a grant.
		for i := 0; i < 64; i++ {
			conn.Write(frame(0, 0, 1, 16<<10))
			conn.Write(make([]byte, 16<<10))
		}
	case "kind":
		conn.Write(frame(9, 0, 1, 0))
	case "twice":
		conn.Write(frame(1, 1, 2, 0))
		conn.Write(frame(1, 1, 2, 0))
	case "grant":
		for i := 0; i < 4; i++ {
			conn.Write(frame(1, 0, 1, 0xFFFFFFFF))
		}
	case "streams":
		for id := uint32(2); id < 20000; id += 2 {
			conn.Write(frame(1, 1, id, 0))
		}
	case "pings":
		for {
			if _, err := conn.Write(frame(2, 1, 0, 1)); err != nil {
				return
			}
		}
	case "length":
		conn.Write(append(frame(0, 0, 1, 9), 0xF8, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
	case "garbage":
		conn.Write(append(frame(0, 0, 1, 5), 4, 1, 2, 3, 4))
	case "close":
		conn.Close()
	}
	io.Copy(io.Discard, conn)
	time.Sleep(time.Hour)
}
