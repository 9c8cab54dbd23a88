package document

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/boundlint/boundlint/lint/policy"
)

// The types below have the field names, the order and the quirks of the
// provider's own (internal/service/iam, policy_model.go), because the JSON
// must come out the same. Like there, names of fields are read without regard
// to case and unknown ones are dropped.

type doc struct {
	Version    string       `json:",omitempty"`
	ID         string       `json:"Id,omitempty"`
	Statements []*statement `json:"Statement,omitempty"`
}

// merge takes a later document in.
func (d *doc) merge(later *doc) {
	if later.ID != "" {
		d.ID = later.ID
	}
	if later.Version > d.Version {
		d.Version = later.Version
	}
	for _, s := range later.Statements {
		if s == nil {
			continue
		}
		d.take(s)
	}
}

// take takes a statement in: in the place of the one with its Sid, or after
// the others. Of one that may not exist the other may stay.
func (d *doc) take(s *statement) {
	if s.Sid == "" {
		d.Statements = append(d.Statements, s)
		return
	}
	same := func(old *statement) bool { return old.sid() == s.Sid }
	i := slices.IndexFunc(d.Statements, same)
	switch {
	case i < 0:
		d.Statements = append(d.Statements, s)
	case s.origin.Maybe == nil:
		d.Statements[i] = s
		rest := slices.DeleteFunc(d.Statements[i+1:], same)
		d.Statements = d.Statements[:i+1+len(rest)]
	default:
		for _, old := range d.Statements {
			if same(old) && old.origin.Maybe == nil {
				old.origin.Maybe = s.origin.Maybe
			}
		}
		// One Sid cannot stand twice in a document.
		s.instead, s.Sid = s.Sid, ""
		d.Statements = append(d.Statements, s)
	}
}

type statementFields struct {
	Sid           string       `json:",omitempty"`
	Effect        string       `json:",omitempty"`
	Actions       any          `json:"Action,omitempty"`
	NotActions    any          `json:"NotAction,omitempty"`
	Resources     any          `json:"Resource,omitempty"`
	NotResources  any          `json:"NotResource,omitempty"`
	Principals    principalSet `json:"Principal,omitempty"`
	NotPrincipals principalSet `json:"NotPrincipal,omitempty"`
	Conditions    conditionSet `json:"Condition,omitempty"`
}

// statement is a statement, or a token in the place of one or more.
type statement struct {
	statementFields
	hidden string
	// instead is the Sid of a statement that has none in the text, since the
	// one whose place it may take has it.
	instead string
	origin  Origin
	// dropped is a condition key whose values the provider loses.
	dropped string
}

func (s *statement) sid() string { return cmp.Or(s.Sid, s.instead) }

func (s *statement) MarshalJSON() ([]byte, error) {
	if s.hidden != "" {
		return json.Marshal(s.hidden)
	}
	return json.Marshal(s.statementFields)
}

func (s *statement) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		// A token: another evaluated document hides a statement there.
		return json.Unmarshal(b, &s.hidden)
	}
	if err := json.Unmarshal(b, &s.statementFields); err != nil {
		return err
	}
	for _, c := range s.Conditions {
		if c.dropped {
			s.dropped = c.Variable
		}
	}
	s.Conditions = slices.DeleteFunc(s.Conditions, func(c condition) bool { return c.dropped })
	return nil
}

// principal is one block of principals, or a token in the place of them all.
type principal struct {
	Type        string
	Identifiers any // string or []string
	hidden      string
}

type principalSet []principal

func (ps principalSet) MarshalJSON() ([]byte, error) {
	if len(ps) == 1 {
		if ps[0].hidden != "" {
			return json.Marshal(ps[0].hidden)
		}
		if ps[0].isAnyone() {
			return []byte(`"*"`), nil
		}
	}
	raw := map[string]any{}
	for _, p := range ps {
		raw[p.Type] = concat(raw[p.Type], p.Identifiers, true)
	}
	return json.Marshal(raw)
}

// isAnyone tells the principal that is written "*" from {"*": ...}.
func (p principal) isAnyone() bool {
	if p.Type != "*" {
		return false
	}
	switch x := p.Identifiers.(type) {
	case string:
		return x == "*"
	case []string:
		return len(x) == 1 && x[0] == "*"
	}
	return false
}

func (ps *principalSet) UnmarshalJSON(b []byte) error {
	var data any
	if err := json.Unmarshal(b, &data); err != nil {
		return err
	}
	*ps = nil
	switch x := data.(type) {
	case string:
		if isToken(x) {
			*ps = principalSet{{hidden: x}}
			return nil
		}
		*ps = principalSet{{Type: "*", Identifiers: []string{"*"}}}
	case map[string]any:
		// The order does not show: two entries of a map have different types.
		for typ, v := range x {
			list, err := stringsOf(v)
			if err != nil {
				return err
			}
			*ps = append(*ps, principal{Type: typ, Identifiers: list})
		}
	default:
		return errors.New("a principal must be a string or an object")
	}
	return nil
}

// condition is one block of conditions, or a token in the place of them all.
type condition struct {
	Test, Variable string
	Values         any // string or []string
	hidden         string
	dropped        bool
}

type conditionSet []condition

func (cs conditionSet) MarshalJSON() ([]byte, error) {
	raw := map[string]map[string]any{}
	for _, c := range cs {
		if c.hidden != "" {
			return json.Marshal(c.hidden)
		}
		if raw[c.Test] == nil {
			raw[c.Test] = map[string]any{}
		}
		raw[c.Test][c.Variable] = concat(raw[c.Test][c.Variable], c.Values, false)
	}
	return json.Marshal(raw)
}

func (cs *conditionSet) UnmarshalJSON(b []byte) error {
	*cs = nil
	if len(b) > 0 && b[0] == '"' {
		var token string
		if err := json.Unmarshal(b, &token); err != nil {
			return err
		}
		if isToken(token) {
			*cs = conditionSet{{hidden: token}}
			return nil
		}
	}
	var data map[string]map[string]any
	if err := json.Unmarshal(b, &data); err != nil {
		return err
	}
	for test, keys := range data {
		for variable, v := range keys {
			c := condition{Test: test, Variable: variable}
			switch x := v.(type) {
			case bool:
				c.Values = strconv.FormatBool(x)
			case float64, nil:
				c.dropped = true
			default:
				list, err := stringsOf(v)
				if err != nil {
					return err
				}
				c.Values = list
				if one, ok := list.([]string); ok && len(one) == 1 {
					c.Values = one[0] // unlike in actions and principals
				}
			}
			*cs = append(*cs, c)
		}
	}
	return nil
}

// stringsOf is a string, or a list of strings, as such.
func stringsOf(v any) (any, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case []any:
		out := make([]string, 0, len(x))
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return nil, errors.New("a list must have strings only")
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, errors.New("a string or a list of strings is expected")
}

// concat joins what two blocks of one type, or of one test and variable, say.
func concat(old, add any, sorted bool) any {
	list, isList := add.([]string)
	if !isList {
		s, _ := add.(string)
		switch x := old.(type) {
		case nil:
			return s
		case string:
			return []string{x, s}
		case []string:
			return append(x, s)
		}
		return s
	}
	list = slices.Clone(list)
	if sorted {
		reverse(list)
	}
	switch x := old.(type) {
	case string:
		return append([]string{x}, list...)
	case []string:
		return append(x, list...)
	}
	return append([]string{}, list...)
}

// isToken reports whether s may be a symbol in the place of a whole element.
func isToken(s string) bool { return policy.ContainsToken(s) }
