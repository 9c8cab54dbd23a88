package authz

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// pair makes a principal and what it was before: some statements stay, some
// come and some go.
func (r small) pair() (before, after []string) {
	pool := make([]jsonObject, 2+r.IntN(4))
	for i := range pool {
		pool[i] = r.statement()
	}
	one := func() string {
		list := []any{}
		for _, st := range pool {
			if r.chance(70) {
				list = append(list, st)
			}
		}
		if r.chance(30) || len(list) == 0 {
			list = append(list, r.statement())
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		src, err := json.Marshal(jsonObject{"Version": "2012-10-17", "Statement": list})
		if err != nil {
			panic(err)
		}
		return string(src)
	}
	return []string{one(), r.document(), r.document()}, []string{one(), r.document(), r.document()}
}

// TestBeyondAgainstEnumeration compares a search for what is new with deciding
// every request for both.
func TestBeyondAgainstEnumeration(t *testing.T) {
	r := small{roll: newRoll(11)}
	u := &Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"),
		Policies: []policy.Text{policy.Literal(smallPolicies + "p"), policy.Literal(smallPolicies + "q")},
	}
	counts := map[string]int{}
	enumerated := map[string][]*Request{}
	sets := rounds(t, 1000)
	for range sets {
		r.kinds = [2]int{r.IntN(7), r.IntN(7)}
		was, is := r.pair()
		before, after := parsePrincipal("arn:aws:iam::111122223333:role/holder"), parsePrincipal("arn:aws:iam::111122223333:role/holder")
		before.Identity, after.Identity = []*Policy{compiledRandom(t, was[0])}, []*Policy{compiledRandom(t, is[0])}
		if r.chance(30) {
			before.Boundary = compiledRandom(t, was[1])
		}
		switch {
		case r.chance(20):
			is[1] = was[1]
			fallthrough
		case r.chance(30):
			after.Boundary = compiledRandom(t, is[1])
		}
		if r.chance(10) {
			before.SCPs = [][]*Policy{{compiledRandom(t, was[2])}}
		}
		if r.chance(10) {
			after.SCPs = [][]*Policy{{compiledRandom(t, is[2])}}
		}
		action := pick(r.roll, "iam:CreateRole", "iam:CreateRole", "iam:PutRolePermissionsBoundary")
		got := Search(after, u, &Query{Actions: []string{action}, Beyond: before})

		used := keysUsed(before, after)
		key := fmt.Sprint(sortedKeys(used))
		if enumerated[key] == nil {
			enumerated[key] = smallRequests(used)
		}
		want := Denied
		var example Request
		var open []naiveRequest
		for _, request := range enumerated[key] {
			request.Action = action
			if action == "iam:PutRolePermissionsBoundary" && !canPut(request, used) {
				continue
			}
			request.Principal = after
			now := Decide(request).Verdict
			if now == Denied {
				continue
			}
			request.Principal = before
			then := Decide(request).Verdict
			switch {
			case now == Allowed && then == Denied && !possibleOnly(request):
				want, example = Allowed, *request
			case then != Allowed && !possibleOnly(request):
				open = append(open, plainRequest(request))
				fallthrough
			case then != Allowed:
				want = Undetermined
			}
			if want == Allowed {
				break
			}
		}
		counts[fmt.Sprint(got.Verdict, " for ", want)]++
		variables := hasVariables(after) || hasVariables(before)
		// A longer name than those enumerated may be new. What one statement
		// leaves open on both sides is not.
		ok := got.Verdict == want || got.Verdict == Allowed || got.Verdict == Undetermined && variables || got.Verdict == Denied && want == Undetermined
		if got.Verdict == Denied && want == Undetermined {
			docs := map[string]jsonObject{}
			for _, q := range open[:min(len(open), 20)] {
				outcomes, _ := readings(docs, func(n *naive) string {
					n.request = q
					return n.all(layersOf(after, is)) + " after, " + n.all(layersOf(before, was)) + " before"
				})
				if outcomes["allowed after, denied before"] {
					t.Fatalf("%s: nothing is said to be new, but this may be: %+v\nbefore %s\nafter %s\nboundaries %v %v", action, q, was, is, before.Boundary != nil, after.Boundary != nil)
				}
			}
		}
		if !ok {
			t.Fatalf("%s: got %v (%v, %v), enumeration says %v\nbefore %s\nafter %s\nboundaries %v %v\nexample %+v", action, got.Verdict, got.Witness, got.Reasons, want, was, is, before.Boundary != nil, after.Boundary != nil, example)
		}
		if got.Verdict == Allowed {
			if now, then := Decide(got.Witness.Request(after)), Decide(got.Witness.Request(before)); now.Verdict != Allowed || then.Verdict != Denied {
				t.Fatalf("%s: witness %v is %v after and %v before\n%s\n%s", action, got.Witness, now, then, was, is)
			}
		}
	}
	t.Logf("%d pairs: %v", sets, counts)
}

// layersOf are the documents of a principal of [small.pair], for naive.
func layersOf(p *Principal, docs []string) [][]string {
	out := [][]string{{docs[0]}}
	if p.Boundary != nil {
		out = append(out, []string{docs[1]})
	}
	if p.SCPs != nil {
		out = append(out, []string{docs[2]})
	}
	return out
}

// plainRequest is a request for naive.
func plainRequest(r *Request) naiveRequest {
	resource, _ := r.Resource.Known()
	q := naiveRequest{action: r.Action, resource: resource, context: map[string][]string{}, multi: map[string]bool{"aws:tagkeys": true}}
	for _, e := range r.Context.entries {
		for _, x := range e.values {
			s, _ := x.Known()
			q.context[e.key] = append(q.context[e.key], s)
		}
	}
	return q
}

// canPut reports whether a request of PutRolePermissionsBoundary can have the
// context.
func canPut(r *Request, used map[string]bool) bool {
	return r.Context.Get("aws:RequestTag/t") == nil && r.Context.Get("aws:TagKeys") == nil &&
		(!used["iam:PermissionsBoundary"] || r.Context.Get("iam:PermissionsBoundary") != nil)
}

// keysUsed are the condition keys that the policies of principals name.
func keysUsed(principals ...*Principal) map[string]bool {
	used := map[string]bool{}
	for _, p := range principals {
		eachPolicy(p, func(q *Policy) {
			for _, st := range q.statements {
				for _, c := range st.conditions {
					known, _ := c.source.Key.Known()
					used[known] = true
				}
				for _, x := range slices.Concat(st.resource, st.notResource) {
					if x.hasVariable {
						used["aws:RequestTag/t"] = true
					}
				}
			}
		})
	}
	return used
}

// A policy that is written in another way gives nothing and takes nothing.
func TestGainedByRewritingIsNothing(t *testing.T) {
	r := newRoll(3)
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for range rounds(t, 40) {
		list := []jsonObject{r.statement(), r.statement(), r.statement()}
		before, after := roleWith(t, list), roleWith(t, rewritten(r, list))
		for _, gains := range [][]Gain{Gained(after, before, u), Gained(before, after, u)} {
			for _, g := range gains {
				t.Fatalf("%s: %v %v %v %v\n%v\n%v", g.Name, g.Answer.Verdict, g.Answer.Witness, g.Answer.Perhaps, g.Answer.Reasons, list, after.Identity[0].Document)
			}
		}
	}
}

func roleWith(tb testing.TB, statements []jsonObject) *Principal {
	tb.Helper()
	src, err := json.Marshal(jsonObject{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		tb.Fatal(err)
	}
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	p.Identity = []*Policy{compiledRandom(tb, string(src))}
	return p
}

// rewritten says the same in other words: in another order, with other Sids,
// an action or a resource a statement, and with the actions of the catalog in
// the place of a wildcard.
func rewritten(r *roll, list []jsonObject) []jsonObject {
	var out []jsonObject
	for i, st := range list {
		copied := maps.Clone(st)
		copied["Sid"] = fmt.Sprint("Other", i)
		out = append(out, split(r, copied, pick(r, "Action", "Resource"))...)
	}
	for _, st := range out {
		if text, ok := st["Action"].(string); ok && r.chance(50) && text != "*" {
			if names := inCatalog(text); names != nil {
				st["Action"] = names
			}
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// split makes a statement of each entry of an element.
func split(r *roll, st jsonObject, element string) []jsonObject {
	entries := textsOf(st[element])
	if len(entries) < 2 || !r.chance(60) {
		return []jsonObject{st}
	}
	var out []jsonObject
	for _, e := range entries {
		one := maps.Clone(st)
		delete(one, "Sid")
		one[element] = []any{e}
		out = append(out, one)
	}
	return out
}

// inCatalog are the actions of the catalog that a pattern takes.
func inCatalog(pattern string) []any {
	var out []any
	for a := range catalog.ActionsMatching(pattern) {
		out = append(out, a.String())
	}
	return out
}

// Statements of which each says what its list of others says together.
func TestGainedByEqualPolicies(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for name, pair := range map[string][2]string{
		"NotAction, and Deny": {
			`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`,
			`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}`,
		},
		"NotResource, and Deny": {
			`{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::secret/*"}`,
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::secret/*"}`,
		},
		"a condition, and Deny of its opposite": {
			`{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`,
			`{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}`,
		},
		"values of a condition, one a statement": {
			`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":["a*","b"]}}}`,
			`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"b"}}},
			 {"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"a*"}}}`,
		},
		"what the wildcard covers as well": {
			`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			`{"Effect":"Allow","Action":["s3:*","s3:GetObject"],"Resource":["*","arn:aws:s3:::a/*"]},{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`,
		},
		"what is denied anyway": {
			`{"Effect":"Deny","Action":"kms:*","Resource":"*"},{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`,
			`{"Effect":"Deny","Action":"kms:*","Resource":"*"},{"Effect":"Allow","Action":["sqs:*","kms:Decrypt"],"Resource":"*"}`,
		},
	} {
		before, after := roleSaying(t, pair[0]), roleSaying(t, pair[1])
		for _, gains := range [][]Gain{Gained(after, before, u), Gained(before, after, u)} {
			for _, g := range gains {
				t.Errorf("%s: %s is %v: %v %v", name, g.Name, g.Answer.Verdict, g.Answer.Witness, g.Answer.Reasons)
				break
			}
		}
	}
}

func roleSaying(tb testing.TB, statements string) *Principal {
	tb.Helper()
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	p.Identity = []*Policy{compiledRandom(tb, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)}
	return p
}

// Gained groups actions; Search does not.
func TestGainedIsSearch(t *testing.T) {
	r := newRoll(17)
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	services := map[string]bool{"iam": true, "s3": true, "sts": true, "sqs": true}
	for range rounds(t, 12) {
		shared := r.statement()
		before, after := roleWith(t, []jsonObject{shared, r.statement()}), roleWith(t, []jsonObject{shared, r.statement(), r.statement()})
		if r.chance(50) {
			after.Boundary = roleWith(t, []jsonObject{r.statement(), r.statement()}).Identity[0]
		}
		if r.chance(50) {
			before.Boundary = roleWith(t, []jsonObject{r.statement(), r.statement()}).Identity[0]
		}
		got := map[string]Verdict{}
		for _, g := range Gained(after, before, u) {
			got[g.Name] = g.Answer.Verdict
			if w := g.Answer.Witness; w != nil && w.Action != g.Name {
				t.Errorf("%s has the witness %v", g.Name, w)
			}
		}
		for _, prefix := range catalog.Services() {
			service, _ := catalog.LookupService(prefix)
			for a := range service.Actions() {
				if !services[prefix] && r.IntN(200) > 0 {
					continue
				}
				want := Search(after, u, &Query{Actions: []string{a.String()}, Beyond: before}).Verdict
				have, ok := got[a.String()]
				if !ok {
					have = Denied
				}
				if have != want {
					t.Errorf("%s: %v, but Search says %v\n%s\n%s", a, have, want, policy.Print(before.Identity[0].Document, policy.PrintOptions{}),
						policy.Print(after.Identity[0].Document, policy.PrintOptions{}))
				}
			}
		}
	}
}

// Each side is decided by its own tags.
func TestBeyondOfOtherTags(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	tagged := func(team, statements string) *Principal {
		p := roleSaying(t, statements)
		p.Tags, p.TagsKnown = map[string]policy.Text{"team": policy.Literal(team)}, true
		return p
	}
	const (
		ofTeam  = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}`
		notTeam = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}`
		inPath  = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:PrincipalTag/team}/*"}`
	)
	for _, c := range []struct {
		before, after, statements string
		want                      Verdict
	}{
		{"a", "a", ofTeam, Denied},
		{"b", "a", ofTeam, Allowed},
		{"a", "b", ofTeam, Denied},
		{"a", "b", notTeam, Allowed},
		{"b", "a", notTeam, Denied},
		{"b", "b", inPath, Denied},
		{"a", "b", inPath, Undetermined},
	} {
		before, after := tagged(c.before, c.statements), tagged(c.after, c.statements)
		got := Search(after, u, &Query{Actions: []string{"s3:GetObject"}, Beyond: before})
		if got.Verdict != c.want {
			t.Errorf("from %s to %s: %v, want %v: %v %v\n%s", c.before, c.after, got.Verdict, c.want, got.Witness, got.Reasons, c.statements)
		}
		if gains := Gained(after, before, u); (len(gains) > 0) != (c.want != Denied) {
			t.Errorf("from %s to %s: %d gains\n%s", c.before, c.after, len(gains), c.statements)
		}
	}
}

// What is hidden alike on both sides is not new.
func TestBeyondOfHidden(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	hidden, other := Hidden(&policy.Symbol{Name: "a"}), Hidden(&policy.Symbol{Name: "b"})
	const reads = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`
	with := func(statements string, boundary *Policy, more ...*Policy) *Principal {
		p := roleSaying(t, statements)
		p.Boundary = boundary
		p.Identity = append(p.Identity, more...)
		return p
	}
	for name, c := range map[string]struct {
		before, after *Principal
		want          Verdict
	}{
		"the same policy":           {with(reads, nil, hidden), with(reads, nil, hidden), Denied},
		"another policy":            {with(reads, nil, hidden), with(reads, nil, other), Undetermined},
		"a policy more":             {with(reads, nil), with(reads, nil, hidden), Undetermined},
		"a policy less":             {with(reads, nil, hidden), with(reads, nil), Undetermined}, // it may have denied
		"the same boundary":         {with(reads, hidden), with(reads, hidden), Denied},
		"another boundary":          {with(reads, hidden), with(reads, other), Undetermined},
		"a boundary less":           {with(reads, hidden), with(reads, nil), Undetermined},
		"a boundary more":           {with(reads, nil), with(reads, hidden), Denied},
		"a grant within a boundary": {with(`{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`, hidden), with(reads, hidden), Undetermined},
	} {
		got := Search(c.after, u, &Query{Actions: []string{"s3:GetObject"}, Beyond: c.before})
		if got.Verdict != c.want {
			t.Errorf("%s: %v, want %v: %v %v", name, got.Verdict, c.want, got.Witness, got.Reasons)
		}
	}
}

// The actions that the data lacks are compared as they are named.
func TestGainedUnlisted(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	before := roleSaying(t, `{"Effect":"Allow","Action":["s3:GetObject","newest:Old"],"Resource":"*"}`)
	after := roleSaying(t, `{"Effect":"Allow","Action":["s3:GetObject","s3:GetNewThing","newest:*","newest:Old"],"Resource":"*"}`)
	var names []string
	for _, g := range Gained(after, before, u) {
		names = append(names, g.Name+" "+g.Answer.Verdict.String())
	}
	if want := []string{"newest:* allowed", "s3:GetNewThing allowed"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

func BenchmarkGained(b *testing.B) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	role := func(arn string, more string) *Principal {
		source, _ := catalog.ManagedPolicy(arn)
		p := roleSaying(b, more)
		p.Identity = append(p.Identity, parsedText(b, source, policy.IdentityPolicy))
		return p
	}
	const reads = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`
	b.Run("OneStatement", func(b *testing.B) {
		before, after := role("arn:aws:iam::aws:policy/ReadOnlyAccess", reads), role("arn:aws:iam::aws:policy/ReadOnlyAccess", reads+`,{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)
		for b.Loop() {
			Gained(after, before, u)
		}
	})
	b.Run("AnotherPolicy", func(b *testing.B) {
		before, after := role("arn:aws:iam::aws:policy/ReadOnlyAccess", reads), role("arn:aws:iam::aws:policy/PowerUserAccess", reads)
		for b.Loop() {
			Gained(after, before, u)
		}
	})
}
