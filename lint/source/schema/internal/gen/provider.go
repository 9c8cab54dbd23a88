package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// provider is a running provider, spoken to by version 5 of Terraform's plugin
// protocol: gRPC without TLS over a Unix socket. The few messages that are
// needed have fields that are texts and messages only, so that neither a gRPC
// library nor generated code is.
type provider struct {
	process *exec.Cmd
	client  *http.Client
}

// start runs the provider program and waits for its handshake, one line on
// its standard output: 1|5|unix|SOCKET|grpc|.
func start(program string) (*provider, error) {
	p := &provider{process: exec.Command(program)}
	p.process.Env = append(os.Environ(),
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=5", "TF_LOG=off")
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	fields := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(fields) < 5 || fields[1] != "5" || fields[2] != "unix" || fields[4] != "grpc" {
		p.stop()
		return nil, fmt.Errorf("%s does not speak protocol 5: %q", program, line)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // ends with the process
	transport := &http.Transport{
		Protocols: &http.Protocols{},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", fields[3])
		},
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	p.client = &http.Client{Transport: transport}
	return p, nil
}

func (p *provider) stop() {
	_ = p.process.Process.Kill()
	_ = p.process.Wait()
}

// errGone tells that the provider does not answer any more: it panicked.
var errGone = errors.New("the provider has ended")

// call makes one call and returns the fields of the response.
func (p *provider) call(method string, request []byte) (map[int][][]byte, error) {
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(request)))
	r, err := http.NewRequest(http.MethodPost, "http://provider/tfplugin5.Provider/"+method, bytes.NewReader(append(frame, request...)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Te", "trailers")
	response, err := p.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	status := response.Trailer.Get("Grpc-Status") + response.Header.Get("Grpc-Status")
	if status != "0" || len(body) < 5 {
		return nil, fmt.Errorf("%s: status %s: %s", method, status, response.Trailer.Get("Grpc-Message")+response.Header.Get("Grpc-Message"))
	}
	fields, err := decodeMessage(body[5:])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return fields, nil
}

// field appends one field of a protocol buffer message: a text or a message.
func field(message []byte, number int, content []byte) []byte {
	message = binary.AppendUvarint(message, uint64(number)<<3|2)
	message = binary.AppendUvarint(message, uint64(len(content)))
	return append(message, content...)
}

// decodeMessage returns the fields of a message by their numbers; those that
// are numbers are left out.
func decodeMessage(message []byte) (map[int][][]byte, error) {
	fields := map[int][][]byte{}
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		value, m := binary.Uvarint(message[n:])
		if m <= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		message = message[n+m:]
		switch tag & 7 {
		case 0:
		case 2:
			if value > uint64(len(message)) {
				return nil, io.ErrUnexpectedEOF
			}
			fields[int(tag>>3)] = append(fields[int(tag>>3)], message[:value])
			message = message[value:]
		default:
			return nil, fmt.Errorf("a field has wire type %d", tag&7)
		}
	}
	return fields, nil
}

// dynamic is a value as the message DynamicValue.
func dynamic(v cty.Value, ty cty.Type) ([]byte, error) {
	packed, err := msgpack.Marshal(v, ty)
	if err != nil {
		return nil, err
	}
	return field(nil, 1, packed), nil
}

// diagnosed is the first error among diagnostics.
func diagnosed(diagnostics [][]byte) error {
	for _, d := range diagnostics {
		fields, err := decodeMessage(d)
		if err != nil {
			return err
		}
		// The severity is a number, which is left out here: a summary is
		// enough, since a warning gives the plan that it warns of.
		if len(fields[2]) > 0 {
			return errors.New(string(fields[2][0]))
		}
	}
	return nil
}

// configure gives the provider its configuration: nothing that needs a network.
func (p *provider) configure(config cty.Value) error {
	value, err := dynamic(config, config.Type())
	if err != nil {
		return err
	}
	response, err := p.call("Configure", field(field(nil, 1, []byte("1.11.0")), 2, value))
	if err != nil {
		return err
	}
	return diagnosed(response[1])
}

// plan is what the provider plans for a new resource of a type.
func (p *provider) plan(typ string, config, proposed cty.Value) (cty.Value, error) {
	ty := config.Type()
	request := field(nil, 1, []byte(typ))
	for i, v := range []cty.Value{cty.NullVal(ty), proposed, config} {
		value, err := dynamic(v, ty)
		if err != nil {
			return cty.NilVal, err
		}
		request = field(request, i+2, value)
	}
	response, err := p.call("PlanResourceChange", request)
	if err != nil {
		return cty.NilVal, err
	}
	if len(response[1]) == 0 {
		return cty.NilVal, errors.Join(errors.New("there is no plan"), diagnosed(response[4]))
	}
	value, err := decodeMessage(response[1][0])
	if err != nil || len(value[1]) == 0 {
		return cty.NilVal, errors.Join(errors.New("the plan is empty"), diagnosed(response[4]), err)
	}
	return msgpack.Unmarshal(value[1][0], ty)
}
