package main

import (
	"encoding/binary"
	"io"
	"net"
)

// The floor for the bench: a length and as many bytes, sent back, over a Unix socket of the same process.
func bare(path string) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			buffer := make([]byte, 64<<10)
			for {
				if _, err := io.ReadFull(conn, buffer[:4]); err != nil {
					return
				}
				length := binary.LittleEndian.Uint32(buffer)
				if _, err := io.ReadFull(conn, buffer[4:4+length]); err != nil {
					return
				}
				if _, err := conn.Write(buffer[:4+length]); err != nil {
					return
				}
			}
		}()
	}
}
