// Writes values as Go's own encoding/gob does, or reads back what the host wrote.
package main

import (
	"encoding/gob"
	"fmt"
	"math"
	"os"
)

type Node struct {
	Name string
	Next *Node
}

type Marshaled struct{ bytes []byte }

func (m Marshaled) MarshalBinary() ([]byte, error) { return m.bytes, nil }

func (m *Marshaled) UnmarshalBinary(b []byte) error { return nil }

type All struct {
	Bool   bool
	Int    int
	Uint   uint64
	Float  float64
	Text   string
	Bytes  []byte
	List   []int
	Array  [2]uint8
	Nested []Node
	Any    interface{}
	Time   Marshaled
	Empty  string
}

type Request struct {
	ServiceMethod string
	Seq           uint64
}

type Init struct {
	Config    map[string]string
	HostAPIID uint32
}

type Call struct {
	Function string
	Args     []byte
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func write() {
	encoder := gob.NewEncoder(os.Stdout)
	all := All{true, -129, math.MaxUint64, -2.5, "grüße", []byte{0xff, 0xfe}, []int{-1, 0, 1}, [2]uint8{7, 8}, []Node{{"a", &Node{Name: "b"}}, {}}, Node{Name: "inside"}, Marshaled{[]byte{1, 2, 3, 4}}, ""}
	must(encoder.Encode(all))
	must(encoder.Encode(map[string]string{"a": "x"}))
	must(encoder.Encode([]string{"one", "two"}))
	must(encoder.Encode(new(interface{})))
	must(encoder.Encode("alone"))
	must(encoder.Encode(42))
	must(encoder.Encode(&all))
}

func read() {
	decoder := gob.NewDecoder(os.Stdin)
	for i := 0; i < 2; i++ {
		var request Request
		must(decoder.Decode(&request))
		var call Call
		must(decoder.Decode(&call))
		var init Init
		must(decoder.Decode(&init))
		fmt.Print(request, " {", len(call.Args), "} ", init, " ")
	}
	var text string
	must(decoder.Decode(&text))
	var flag bool
	must(decoder.Decode(&flag))
	var any interface{}
	must(decoder.Decode(&any))
	fmt.Println(text, flag, any)
}

func main() {
	gob.Register(Node{})
	if os.Args[1] == "write" {
		write()
	} else {
		read()
	}
}
