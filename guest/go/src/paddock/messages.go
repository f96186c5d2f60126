package paddock

import "fmt"

// The messages of plugin.proto, in the form that github.com/golang/protobuf reads without generated code.

type empty struct{}

func (m *empty) Reset()         { *m = empty{} }
func (m *empty) String() string { return "{}" }
func (*empty) ProtoMessage()    {}

type registration struct {
	JSON []byte `protobuf:"bytes,1,opt,name=json,proto3"`
}

func (m *registration) Reset()         { *m = registration{} }
func (m *registration) String() string { return string(m.JSON) }
func (*registration) ProtoMessage()    {}

type initRequest struct {
	Config map[string]string `protobuf:"bytes,1,rep,name=config,proto3" protobuf_key:"bytes,1,opt,name=key,proto3" protobuf_val:"bytes,2,opt,name=value,proto3"`
	HostID uint32            `protobuf:"varint,2,opt,name=host_id,proto3"`
}

func (m *initRequest) Reset()         { *m = initRequest{} }
func (m *initRequest) String() string { return fmt.Sprint(m.HostID) }
func (*initRequest) ProtoMessage()    {}

type callRequest struct {
	Function string `protobuf:"bytes,1,opt,name=function,proto3"`
	Args     []byte `protobuf:"bytes,2,opt,name=args,proto3"`
}

func (m *callRequest) Reset()         { *m = callRequest{} }
func (m *callRequest) String() string { return m.Function }
func (*callRequest) ProtoMessage()    {}

type reply struct {
	Result []byte `protobuf:"bytes,1,opt,name=result,proto3"`
	Error  string `protobuf:"bytes,2,opt,name=error,proto3"`
}

func (m *reply) Reset()         { *m = reply{} }
func (m *reply) String() string { return m.Error }
func (*reply) ProtoMessage()    {}

type stdioData struct {
	Channel int32  `protobuf:"varint,1,opt,name=channel,proto3"`
	Data    []byte `protobuf:"bytes,2,opt,name=data,proto3"`
}

func (m *stdioData) Reset()         { *m = stdioData{} }
func (m *stdioData) String() string { return string(m.Data) }
func (*stdioData) ProtoMessage()    {}
