package stream

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Prune takes out of the objects in a member all members but those to keep:
// of change those of before, after and the like. What is no object stays. A
// member that cannot be read stays as it is, for whoever decodes it to say
// so.
func (f Fields) Prune(name string, objects []string, keep func(string) bool) {
	raw := f[name]
	var out bytes.Buffer
	p := &pruner{
		in: jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		to: jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
	if p.in.PeekKind() != '{' {
		return
	}
	err := p.object(func(member string) error {
		if slices.Contains(objects, member) && p.in.PeekKind() == '{' {
			return p.object(func(attribute string) error { return p.value(keep(attribute)) }, keep)
		}
		return p.value(true)
	}, nil)
	if err == nil {
		f[name] = json.RawMessage(out.Bytes())
	}
}

type pruner struct {
	in *jsontext.Decoder
	to *jsontext.Encoder
}

// object copies an object, the members that keep refuses left out.
func (p *pruner) object(member func(string) error, keep func(string) bool) error {
	if err := p.token(); err != nil {
		return err
	}
	for p.in.PeekKind() == '"' {
		token, err := p.in.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		if keep == nil || keep(name) {
			if err := p.to.WriteToken(jsontext.String(name)); err != nil {
				return err
			}
		}
		if err := member(name); err != nil {
			return err
		}
	}
	return p.token()
}

func (p *pruner) token() error {
	token, err := p.in.ReadToken()
	if err != nil {
		return err
	}
	return p.to.WriteToken(token)
}

// value copies a value, or passes it over.
func (p *pruner) value(copied bool) error {
	if !copied {
		return p.in.SkipValue()
	}
	v, err := p.in.ReadValue()
	if err != nil {
		return err
	}
	return p.to.WriteValue(v)
}
