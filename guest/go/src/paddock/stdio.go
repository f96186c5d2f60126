package paddock

import (
	"os"
	"sync"

	"google.golang.org/grpc"
)

// stdio is go-plugin's GRPCStdio service, for versions of the library that do not have it: these send what a plugin prints into a pipe that nobody reads.
type stdio struct {
	once       sync.Once
	out, error *os.File
	sending    sync.Mutex
}

const standardOutput, standardError = 1, 2

// capture takes standard output and error. Not before the library has: it does so after its first line, and before it serves.
func (s *stdio) capture() {
	s.once.Do(func() {
		out, stdout, err := os.Pipe()
		if err != nil {
			return
		}
		errors, stderr, err := os.Pipe()
		if err != nil {
			return
		}
		s.out, s.error, os.Stdout, os.Stderr = out, errors, stdout, stderr
	})
}

func (s *stdio) stream(stream grpc.ServerStream) error {
	s.capture()
	ended := make(chan error, 2)
	for channel, file := range map[int32]*os.File{standardOutput: s.out, standardError: s.error} {
		go func(channel int32, file *os.File) { ended <- s.copy(stream, channel, file) }(channel, file)
	}
	select {
	case err := <-ended:
		return err
	case <-stream.Context().Done():
		return nil
	}
}

func (s *stdio) copy(stream grpc.ServerStream, channel int32, file *os.File) error {
	buffer := make([]byte, 1024)
	for {
		read, err := file.Read(buffer)
		if err != nil {
			return err
		}
		s.sending.Lock()
		err = stream.SendMsg(&stdioData{channel, buffer[:read]})
		s.sending.Unlock()
		if err != nil {
			return err
		}
	}
}

var stdioDescription = grpc.ServiceDesc{
	ServiceName: "plugin.GRPCStdio",
	HandlerType: (*interface{})(nil),
	Streams: []grpc.StreamDesc{{
		StreamName:    "StreamStdio",
		ServerStreams: true,
		Handler: func(s interface{}, stream grpc.ServerStream) error {
			if err := stream.RecvMsg(&empty{}); err != nil {
				return err
			}
			return s.(*stdio).stream(stream)
		},
	}},
}
