package authz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// small makes policies over alphabets so small that all requests that they
// tell apart can be enumerated.
type small struct {
	*roll
	kinds [2]int // the kinds of conditions of the present policy set
}

const smallHead = "arn:aws:iam::111122223333:role/"

func (r small) resource() string {
	switch r.IntN(8) {
	case 0, 1:
		return "*"
	case 2:
		return smallHead + pick(r.roll, "a", "b", "ab")
	case 3:
		return "arn:aws:iam::*:role/" + pick(r.roll, "a*", "*a", "*b*", "?", "a?")
	case 4:
		return smallHead + "${aws:RequestTag/t}"
	}
	return smallHead + pick(r.roll, "a*", "*b", "*a*", "??", "*", "a*b", "?b*")
}

const smallPolicies = "arn:aws:iam::111122223333:policy/"

func (r small) boundary() string {
	switch r.IntN(7) {
	case 0, 1, 2:
		return smallPolicies + pick(r.roll, "p", "q")
	case 3:
		return "arn:aws:iam::aws:policy/AdministratorAccess"
	case 4:
		return smallPolicies + "*"
	case 5:
		return "arn:aws:iam::*:policy/" + pick(r.roll, "p", "*", "?")
	}
	return "*"
}

func (r small) condition() (op, key string, values any) {
	set := pick(r.roll, "", "", "", "ForAllValues:", "ForAnyValue:")
	exists := pick(r.roll, "", "", "IfExists")
	if set == "ForAnyValue:" {
		exists = ""
	}
	not := pick(r.roll, "", "Not")
	switch r.kinds[r.IntN(2)] {
	case 0:
		return set + pick(r.roll, "String"+not+"Like", "Arn"+not+"Like", "String"+not+"Equals") + exists, "iam:PermissionsBoundary", some(r.roll, r.boundary)
	case 1:
		return "Null", pick(r.roll, "iam:PermissionsBoundary", "aws:MultiFactorAuthAge"), pick[any](r.roll, "true", "false")
	case 2:
		return set + "Bool" + exists, "aws:MultiFactorAuthPresent", pick[any](r.roll, "true", "false")
	case 3:
		return set + "String" + not + pick(r.roll, "Equals", "Like") + exists, "aws:RequestTag/t", some(r.roll, func() string { return pick(r.roll, "a", "b", "a*", "?", "*b") })
	case 4:
		return pick(r.roll, "ForAllValues:", "ForAnyValue:", "") + "String" + not + pick(r.roll, "Equals", "Like"), "aws:TagKeys", some(r.roll, func() string { return pick(r.roll, "t", "u", "t*", "?") })
	case 5:
		return set + "Numeric" + pick(r.roll, "Equals", "LessThan", "GreaterThanEquals", "NotEquals") + exists, "aws:MultiFactorAuthAge", pick[any](r.roll, "10", "20")
	}
	return set + pick(r.roll, "IpAddress", "NotIpAddress") + exists, "aws:SourceIp", some(r.roll, func() string { return pick(r.roll, "198.0.0.0/8", "198.51.100.0/24", "10.0.0.0/8", "0.0.0.0/0") })
}

func (r small) statement() jsonObject {
	st := jsonObject{"Effect": pick(r.roll, "Allow", "Deny")}
	if r.chance(90) {
		st["Action"] = pick(r.roll, "*", "iam:CreateRole", "iam:Create*", "iam:PutRolePermissionsBoundary", "iam:*")
	} else {
		st["NotAction"] = pick(r.roll, "iam:TagRole", "iam:CreateRole")
	}
	st[pick(r.roll, "Resource", "Resource", "Resource", "Resource", "NotResource")] = some(r.roll, r.resource)
	if r.chance(70) {
		block := jsonObject{}
		for range 1 + r.IntN(2) {
			op, key, values := r.condition()
			if block[op] == nil {
				block[op] = jsonObject{key: values}
			}
		}
		st["Condition"] = block
	}
	return st
}

func (r small) document() string {
	list := make([]any, 1+r.IntN(4))
	for i := range list {
		list[i] = r.statement()
	}
	src, err := json.Marshal(jsonObject{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		panic(err)
	}
	return string(src)
}

// smallRequests are all requests of an action that the small alphabets tell
// apart: names of up to three letters out of two that are named and one that
// is not, and every combination of values of the keys that are named.
// agree reports whether the tags of a request are those that it lists.
func agree(c Context) bool {
	listed := slices.ContainsFunc(c.Get("aws:TagKeys"), func(x policy.Text) bool { return x.Equal(policy.Literal("t")) })
	return listed == (c.Get("aws:RequestTag/t") != nil)
}

func smallRequests(used map[string]bool) []*Request {
	var names []string
	letters := "abx"
	for _, p := range letters {
		names = append(names, string(p))
		for _, q := range letters {
			names = append(names, string(p)+string(q))
		}
	}
	names = append(names, "aab", "aba", "abx", "axb", "bxa", "xab", "xax", "xbx", "xxx", "bbb", "abb", "aaa", "baa", "bba", "bab")
	contexts := []Context{{}}
	for _, key := range []struct {
		name   string
		values [][]string
	}{
		{"iam:PermissionsBoundary", [][]string{
			nil,
			{smallPolicies + "p"},
			{smallPolicies + "q"},
			{"arn:aws:iam::aws:policy/AdministratorAccess"},
			{"arn:aws:iam::aws:policy/ReadOnlyAccess"},
			{smallPolicies + "unknown"},
			{smallPolicies + "z"},
		}},
		{"aws:RequestTag/t", [][]string{nil, {"a"}, {"b"}, {"ab"}, {"x"}, {"xx"}, {"ax"}, {"xb"}, {"a*"}, {"*b"}, {"?"}}},
		{"aws:TagKeys", [][]string{nil, {"t"}, {"u"}, {"tx"}, {"x"}, {"xx"}, {"t", "u"}, {"t", "tx"}, {"t", "x"}, {"t", "xx"}, {"u", "tx"}, {"tx", "x"}, {"x", "xx"}, {"t", "u", "xx"}, {"t", "u", "tx", "x", "xx"}, {"t*"}, {"?"}, {"t", "?"}, {"t", "t*"}, {"u", "t*"}, {"tx", "t*"}, {"xx", "t*"}, {"t*", "?"}, {"u", "t*", "?"}, {"u", "?"}, {"xx", "?"}, {"t", "xx", "?"}}},
		{"aws:MultiFactorAuthPresent", [][]string{nil, {"true"}, {"false"}}},
		{"aws:MultiFactorAuthAge", [][]string{nil, {"5"}, {"10"}, {"15"}, {"20"}, {"25"}}},
		{"aws:SourceIp", [][]string{nil, {"198.51.100.1"}, {"198.51.101.1"}, {"192.0.2.1"}, {"2001:db8::1"}}},
	} {
		if !used[key.name] {
			continue
		}
		var next []Context
		for _, c := range contexts {
			for _, values := range key.values {
				extended := c.Clone()
				if values != nil {
					extended.Set(key.name, values...)
				}
				next = append(next, extended)
			}
		}
		contexts = next
	}
	var out []*Request
	for _, name := range names {
		for _, c := range contexts {
			if used["aws:RequestTag/t"] && used["aws:TagKeys"] && !agree(c) {
				continue
			}
			out = append(out, &Request{Resource: policy.Literal(smallHead + name), Context: c})
		}
	}
	return out
}

// possibleOnly tells requests that can be made only if something exists of
// which nothing is known.
func possibleOnly(r *Request) bool {
	for _, x := range r.Context.Get("iam:PermissionsBoundary") {
		s, _ := x.Known()
		if s == smallPolicies+"unknown" || s == smallPolicies+"z" {
			return true
		}
	}
	return false
}

// TestSearchAgainstEnumeration compares Search with deciding every request.
func TestSearchAgainstEnumeration(t *testing.T) {
	r := small{roll: newRoll(7)}
	u := &Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"),
		Policies: []policy.Text{policy.Literal(smallPolicies + "p"), policy.Literal(smallPolicies + "q")},
	}
	counts := map[string]int{}
	enumerated := map[string][]*Request{}
	sets := rounds(t, 1000)
	for n := range sets {
		if n > 0 && n%100000 == 0 {
			t.Logf("%d policy sets: %v", n, counts)
		}
		r.kinds = [2]int{r.IntN(7), r.IntN(7)}
		if r.chance(50) {
			r.kinds[0] = 0
		}
		src := []string{r.document(), r.document()}
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{compiledRandom(t, src[0])}
		if r.chance(50) {
			p.Boundary = compiledRandom(t, src[1])
		}
		if r.chance(20) {
			src = append(src, r.document())
			p.SCPs = [][]*Policy{{compiledRandom(t, src[2])}}
		}
		action := pick(r.roll, "iam:CreateRole", "iam:CreateRole", "iam:PutRolePermissionsBoundary")
		got := Search(p, u, &Query{Actions: []string{action}})

		used := map[string]bool{}
		eachPolicy(p, func(q *Policy) {
			for _, st := range q.statements {
				for _, c := range st.conditions {
					known, _ := c.source.Key.Known()
					used[known] = true
				}
				for _, x := range append(append([]*pattern{}, st.resource...), st.notResource...) {
					if x.hasVariable {
						used["aws:RequestTag/t"] = true
					}
				}
			}
		})
		want := Denied
		var example *Request
		key := fmt.Sprint(sortedKeys(used))
		if enumerated[key] == nil {
			enumerated[key] = smallRequests(used)
		}
		for _, request := range enumerated[key] {
			request.Principal, request.Action = p, action
			if action == "iam:PutRolePermissionsBoundary" {
				if used["aws:RequestTag/t"] && request.Context.Get("aws:RequestTag/t") != nil || used["aws:TagKeys"] && request.Context.Get("aws:TagKeys") != nil {
					continue // the action does not carry these
				}
				if request.Context.Get("iam:PermissionsBoundary") == nil {
					if used["iam:PermissionsBoundary"] {
						continue // it always carries this one
					}
				}
			}
			switch v := Decide(request).Verdict; {
			case v == Allowed && !possibleOnly(request):
				want, example = Allowed, request
			case v != Denied && want == Denied:
				want, example = Undetermined, request
			}
			if want == Allowed {
				break
			}
		}
		counts[fmt.Sprint(got.Verdict, " for ", want)]++
		// A longer name than those enumerated may be what gets through; that
		// it does is shown by deciding it.
		ok := got.Verdict == want || got.Verdict == Allowed || got.Verdict == Undetermined && hasVariables(p)
		if !ok {
			t.Fatalf("%s: got %v (%v, %v), enumeration says %v\n%s\nboundary %v\nexample %+v", action, got.Verdict, got.Witness, got.Reasons, want, src, p.Boundary != nil, example)
		}
		if got.Verdict == Allowed {
			if d := Decide(got.Witness.Request(p)); d.Verdict != Allowed {
				t.Fatalf("%s: witness %v is %v\n%s", action, got.Witness, d, src)
			}
			if v, ok := got.Witness.Value("iam:PermissionsBoundary"); ok && !canBeBoundary(v) && !created(got.Witness, p, v) {
				t.Fatalf("%s: witness %v has a boundary that need not exist\n%s", action, got.Witness, src)
			}
		}
	}
	t.Logf("%d policy sets: %v", sets, counts)
}

// canBeBoundary reports whether a policy of the small universe has the ARN.
func canBeBoundary(x policy.Text) bool {
	s, _ := x.Known()
	return s == smallPolicies+"p" || s == smallPolicies+"q" || strings.HasPrefix(s, "arn:aws:iam::aws:policy/")
}

// created reports whether a request before the witness creates the policy.
func created(w *Witness, p *Principal, x policy.Text) bool {
	return slices.ContainsFunc(w.First, func(f *Witness) bool {
		return f.Action == "iam:CreatePolicy" && f.Resource.Equal(x) && Decide(f.Request(p)).Verdict == Allowed
	})
}

// hasVariables reports whether a policy variable stands in a policy of the
// principal.
func hasVariables(p *Principal) bool {
	found := false
	eachPolicy(p, func(q *Policy) {
		for _, st := range q.statements {
			found = found || st.usesVariables()
		}
	})
	return found
}
