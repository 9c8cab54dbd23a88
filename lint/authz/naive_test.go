package authz

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// naive is a second evaluator, for tests only. It reads JSON by itself,
// matches by regular expressions, and shares no code with the package. Where
// AWS's documentation leaves two readings open it asks its quirks, so that
// every combination of readings can be evaluated.
type naive struct {
	quirks map[string]bool
	// consulted are the quirks that mattered so far.
	consulted map[string]bool
	request   naiveRequest
	parsed    map[string]jsonObject
}

type naiveRequest struct {
	action, resource string
	context          map[string][]string // lower-case keys
	multi            map[string]bool     // lower-case keys that are multi-valued
}

type jsonObject = map[string]any

func (n *naive) quirk(name string) bool {
	n.consulted[name] = true
	return n.quirks[name]
}

// result is A, D or - for allow, explicit deny, and neither.
func (n *naive) document(src string) string {
	if n.parsed == nil {
		n.parsed = map[string]jsonObject{}
	}
	doc := n.parsed[src]
	if doc == nil {
		if err := json.Unmarshal([]byte(src), &doc); err != nil {
			panic(err)
		}
		n.parsed[src] = doc
	}
	variables := doc["Version"] == "2012-10-17"
	out := "-"
	for _, s := range listOf(doc["Statement"]) {
		st := objectOf(s)
		if !n.statement(st, variables) {
			continue
		}
		if st["Effect"] == "Deny" {
			return "D"
		}
		out = "A"
	}
	return out
}

func objectOf(v any) jsonObject {
	o, ok := v.(jsonObject)
	if !ok {
		panic(fmt.Sprintf("%v is not an object", v))
	}
	return o
}

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func textsOf(v any) []string {
	var out []string
	for _, x := range listOf(v) {
		switch x := x.(type) {
		case string:
			out = append(out, x)
		case bool:
			out = append(out, strconv.FormatBool(x))
		case float64:
			out = append(out, strconv.FormatFloat(x, 'f', -1, 64))
		}
	}
	return out
}

func (n *naive) statement(st jsonObject, variables bool) bool {
	if list, ok := st["Action"]; ok {
		if !n.actions(list) {
			return false
		}
	} else if n.actions(st["NotAction"]) {
		return false
	}
	if list, ok := st["Resource"]; ok {
		hit := false
		for _, entry := range textsOf(list) {
			m, _ := n.resource(entry, variables)
			hit = hit || m
		}
		if !hit {
			return false
		}
	} else {
		lacks := false
		for _, entry := range textsOf(st["NotResource"]) {
			m, missing := n.resource(entry, variables)
			if m {
				return false
			}
			lacks = lacks || missing
		}
		if lacks && n.quirk("NotResource without value matches nothing") {
			return false
		}
	}
	block, _ := st["Condition"].(jsonObject)
	for op, keys := range block {
		for key, values := range objectOf(keys) {
			if !n.condition(op, key, textsOf(values), variables) {
				return false
			}
		}
	}
	return true
}

func (n *naive) actions(list any) bool {
	for _, entry := range textsOf(list) {
		if wild(strings.ToLower(entry), `.*`, `.`).MatchString(strings.ToLower(n.request.action)) {
			return true
		}
	}
	return false
}

var wildCache sync.Map

// wild turns a glob into a regular expression.
func wild(glob, star, one string) *regexp.Regexp {
	key := [3]string{glob, star, one}
	if known, ok := wildCache.Load(key); ok {
		if r, ok := known.(*regexp.Regexp); ok {
			return r
		}
	}
	made := newWild(glob, star, one)
	wildCache.Store(key, made)
	return made
}

func newWild(glob, star, one string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, r := range glob {
		switch r {
		case '*':
			b.WriteString(star)
		case '?':
			b.WriteString(one)
		case escapedStar:
			b.WriteString(`\*`)
		case escapedOne:
			b.WriteString(`\?`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// What ${*} and ${?} become before a glob is built.
const escapedStar, escapedOne = '\ue000', '\ue001'

func plainText(s string) string {
	return strings.NewReplacer(string(escapedStar), "*", string(escapedOne), "?").Replace(s)
}

var variablePattern = regexp.MustCompile(`\$\{([^}]*)\}`)

// substitute fills in policy variables; missing tells that one has no value.
func (n *naive) substitute(s string, variables bool) (out string, missing bool) {
	if !variables {
		return s, false
	}
	out = variablePattern.ReplaceAllStringFunc(s, func(m string) string {
		inside := m[2 : len(m)-1]
		switch inside {
		case "*":
			return string(escapedStar)
		case "?":
			return string(escapedOne)
		case "$":
			return "$"
		}
		key, fallback, hasDefault := strings.Cut(inside, ",")
		values := n.request.context[strings.ToLower(strings.TrimSpace(key))]
		var value string
		switch {
		case len(values) == 1:
			value = values[0]
		case hasDefault:
			value = strings.Trim(strings.TrimSpace(fallback), "'")
		default:
			missing = true
			return ""
		}
		if strings.ContainsAny(value, "*?") && !n.quirk("a star in a variable is a wildcard") {
			value = strings.NewReplacer("*", string(escapedStar), "?", string(escapedOne)).Replace(value)
		}
		return value
	})
	return out, missing
}

// sixParts splits at the first five colons outside of variables.
func sixParts(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range s {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ':' && depth == 0 && len(parts) < 5:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func (n *naive) resource(entry string, variables bool) (match, missing bool) {
	if entry == "*" {
		return true, false
	}
	parts := sixParts(entry)
	if variables {
		for _, p := range parts[:min(5, len(parts))] {
			if len(parts) == 6 && strings.Contains(p, "${") {
				// Honoured after the fifth colon only.
				return false, false
			}
		}
		if len(parts) == 6 {
			if _, missing := n.substitute(strings.NewReplacer("${*}", "", "${?}", "").Replace(parts[5]), true); missing {
				return false, true
			}
		}
	}
	if n.request.resource == "*" {
		return false, false
	}
	target := strings.SplitN(n.request.resource, ":", 6)
	if len(parts) < 6 {
		if !n.quirk("short ARNs go on in stars") {
			return false, false
		}
		for len(parts) < 6 {
			parts = append(parts, "*")
		}
	}
	tail, missing := n.substitute(parts[5], variables)
	if missing {
		return false, true
	}
	match = true
	for i := range 5 {
		match = match && wild(strings.ToLower(parts[i]), `.*`, `.`).MatchString(strings.ToLower(target[i]))
	}
	match = match && wild(tail, `.*`, `.`).MatchString(target[5])
	if typ, _, _ := strings.Cut(parts[5], "/"); match && strings.EqualFold(parts[2], "iam") && strings.ContainsAny(typ, "*?") && typ != "*" {
		return n.quirk("wildcards in the resource type match"), false
	}
	if !match {
		// A star that ends a part may run past the colon.
		running := false
		head := make([]string, 5)
		for i := range 5 {
			head[i] = parts[i]
			if strings.HasSuffix(parts[i], "*") {
				running = true
				head[i] = parts[i][:len(parts[i])-1] + "\ue002"
			}
		}
		if running {
			expr := wild(strings.ToLower(strings.Join(head, ":"))+":", `[^:]*`, `[^:]`).String()
			expr = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(expr, `(?s)\A`), `\z`), "\ue002", `.*`)
			end := strings.TrimPrefix(wild(tail, `.*`, `.`).String(), `(?s)\A`)
			if regexp.MustCompile(`(?s)\A(?i:` + expr + `)` + end).MatchString(n.request.resource) {
				return n.quirk("stars run past colons"), false
			}
		}
	}
	return match, false
}

func (n *naive) condition(op, key string, list []string, variables bool) bool {
	set := ""
	if i := strings.IndexByte(op, ':'); i >= 0 {
		set, op = op[:i], op[i+1:]
	}
	base, ifExists := strings.CutSuffix(op, "IfExists")
	key = strings.ToLower(key)
	values, present := n.request.context[key]
	present = present && len(values) > 0
	if base == "Null" {
		for _, v := range list {
			if v == "true" && !present || v == "false" && present {
				return true
			}
		}
		return false
	}
	negated := strings.Contains(base, "Not")
	one := func(v string) bool {
		if negated && strings.HasPrefix(base, "Arn") && strings.Count(v, ":") < 5 {
			return n.quirk("negated ARN operators hold of what is not an ARN")
		}
		hit := false
		for _, want := range list {
			hit = hit || n.value(base, want, v, variables)
		}
		return hit != negated
	}
	switch set {
	case "ForAllValues":
		for _, v := range values {
			if !one(v) {
				return false
			}
		}
		return true
	case "ForAnyValue":
		if !present {
			return ifExists && n.quirk("ForAnyValue with IfExists holds of what is absent")
		}
		return slices.ContainsFunc(values, one)
	}
	if !present {
		return ifExists || negated
	}
	if len(values) > 1 || n.request.multi[key] {
		return slices.ContainsFunc(values, one) && n.quirk("a multi-valued key without a set operator matches")
	}
	return one(values[0])
}

func (n *naive) value(base, want, got string, variables bool) bool {
	base = strings.Replace(strings.Replace(base, "NotIp", "Ip", 1), "Not", "", 1)
	switch {
	case strings.HasPrefix(base, "String"), strings.HasPrefix(base, "Arn"), base == "Bool":
		var missing bool
		if strings.HasPrefix(base, "Arn") {
			return n.arn(want, got, variables)
		}
		like := base == "StringLike"
		raw := n.quirks
		if !like {
			// Wildcards mean nothing here, so the quirk is of no account.
			n.quirks = map[string]bool{"a star in a variable is a wildcard": true}
		}
		before := n.consulted["a star in a variable is a wildcard"]
		want, missing = n.substitute(want, variables)
		if !like {
			n.consulted["a star in a variable is a wildcard"] = before
		}
		n.quirks = raw
		if missing {
			return false
		}
		switch base {
		case "StringLike":
			return wild(want, `.*`, `.`).MatchString(got)
		case "StringEqualsIgnoreCase":
			return strings.EqualFold(plainText(want), got)
		case "Bool":
			return strings.EqualFold(plainText(want), got) && (strings.EqualFold(got, "true") || strings.EqualFold(got, "false"))
		}
		return plainText(want) == got
	case strings.HasPrefix(base, "Numeric"):
		a, err1 := strconv.ParseFloat(got, 64)
		b, err2 := strconv.ParseFloat(want, 64)
		return err1 == nil && err2 == nil && ordered(strings.TrimPrefix(base, "Numeric"), a, b)
	case strings.HasPrefix(base, "Date"):
		a, err1 := time.Parse(time.RFC3339, got)
		b, err2 := time.Parse(time.RFC3339, want)
		return err1 == nil && err2 == nil && ordered(strings.TrimPrefix(base, "Date"), float64(a.Unix()), float64(b.Unix()))
	case base == "IpAddress":
		ip := net.ParseIP(got)
		if !strings.Contains(want, "/") {
			other := net.ParseIP(want)
			return ip != nil && other != nil && ip.Equal(other)
		}
		_, block, err := net.ParseCIDR(want)
		return err == nil && ip != nil && block.Contains(ip) && (ip.To4() != nil) == (block.IP.To4() != nil)
	case base == "BinaryEquals":
		a, err1 := base64.StdEncoding.DecodeString(got)
		b, err2 := base64.StdEncoding.DecodeString(want)
		return err1 == nil && err2 == nil && string(a) == string(b)
	}
	panic(fmt.Sprintf("operator %s", base))
}

func (n *naive) arn(want, got string, variables bool) bool {
	parts, target := sixParts(want), strings.SplitN(got, ":", 6)
	if len(target) < 6 {
		return false
	}
	for i := range parts {
		var missing bool
		if parts[i], missing = n.substitute(parts[i], variables); missing {
			return false
		}
	}
	if len(parts) < 6 {
		return got[:4] == "arn:" && wild(strings.Join(parts, ":"), `.*`, `.`).MatchString(got) && n.quirk("short ARN patterns match")
	}
	for i := range parts {
		if !wild(parts[i], `.*`, `.`).MatchString(target[i]) {
			return false
		}
	}
	return true
}

func ordered(how string, a, b float64) bool {
	switch how {
	case "Equals":
		return a == b
	case "LessThan":
		return a < b
	case "LessThanEquals":
		return a <= b
	case "GreaterThan":
		return a > b
	case "GreaterThanEquals":
		return a >= b
	}
	panic(how)
}
