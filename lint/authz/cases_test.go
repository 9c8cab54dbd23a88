package authz

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// worked is one of the worked cases of testdata/cases.json, or of those that
// were added to them, more-cases.json: there a case may be about requests
// alone.
type worked struct {
	ID        string          `json:"id"`
	Question  string          `json:"q"`
	Title     string          `json:"title"`
	Policy    json.RawMessage `json:"pol"`
	Verdict   string          `json:"verdict"`
	Boundary  json.RawMessage `json:"pb"`
	Approved  []string        `json:"approved"`
	Partition string          `json:"partition"`
	Checks    []struct {
		Action         string          `json:"a"`
		Resource       string          `json:"r"`
		Context        map[string]any  `json:"ctx"`
		Expected       string          `json:"e"`
		Principal      string          `json:"p"`
		ResourcePolicy json.RawMessage `json:"rp"`
		Account        string          `json:"acct"`
		Policy         json.RawMessage `json:"pol"`
		Boundary       json.RawMessage `json:"pb"`
		// Session is a session policy; SCPs and RCPs are levels of policies.
		Session json.RawMessage     `json:"sp"`
		SCPs    [][]json.RawMessage `json:"scp"`
		RCPs    [][]json.RawMessage `json:"rcp"`
	} `json:"checks"`
}

func workedCases(tb testing.TB) []worked {
	tb.Helper()
	var cases []worked
	for _, name := range []string{"testdata/cases.json", "testdata/more-cases.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		var list []worked
		if err := json.Unmarshal(data, &list); err != nil {
			tb.Fatal(err)
		}
		cases = append(cases, list...)
	}
	return cases
}

// parsed compiles a document given as JSON; nil for none.
func parsed(tb testing.TB, src json.RawMessage, kind policy.Kind) *Policy {
	tb.Helper()
	if len(src) == 0 {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, src); err != nil {
		tb.Fatal(err)
	}
	doc, diags := policy.Parse(compact.String(), nil, policy.ParseOptions{Kind: kind})
	if diags.HasErrors() {
		tb.Fatalf("%s: %v", src, diags)
	}
	return Compile(doc)
}

func levels(tb testing.TB, kind policy.Kind, list [][]json.RawMessage) [][]*Policy {
	tb.Helper()
	var out [][]*Policy
	for _, level := range list {
		var one []*Policy
		for _, src := range level {
			one = append(one, parsed(tb, src, kind))
		}
		out = append(out, one)
	}
	return out
}

func (w *worked) partition() string {
	if w.Partition == "" {
		return "aws"
	}
	return w.Partition
}

func (w *worked) holder(tb testing.TB) *Principal {
	tb.Helper()
	p := parsePrincipal("arn:" + w.partition() + ":iam::111122223333:role/Dev")
	p.Identity = []*Policy{parsed(tb, w.Policy, policy.IdentityPolicy)}
	p.Boundary = parsed(tb, w.Boundary, policy.IdentityPolicy)
	return p
}

// TestWorkedRequests decides every concrete request of the worked cases.
func TestWorkedRequests(t *testing.T) {
	n := 0
	for _, w := range workedCases(t) {
		for _, c := range w.Checks {
			n++
			p := w.holder(t)
			if c.Principal != "" {
				p = parsePrincipal(c.Principal)
				p.Identity = []*Policy{parsed(t, w.Policy, policy.IdentityPolicy)}
				p.Boundary = parsed(t, w.Boundary, policy.IdentityPolicy)
			}
			if c.Policy != nil {
				p.Identity = []*Policy{parsed(t, c.Policy, policy.IdentityPolicy)}
			}
			if c.Boundary != nil {
				p.Boundary = parsed(t, c.Boundary, policy.IdentityPolicy)
			}
			if c.Session != nil {
				p.SessionPolicies = []*Policy{parsed(t, c.Session, policy.IdentityPolicy)}
			}
			p.SCPs, p.RCPs = levels(t, policy.ServiceControlPolicy, c.SCPs), levels(t, policy.AnyPolicy, c.RCPs)
			kind := policy.ResourcePolicy
			if c.Action == "sts:AssumeRole" {
				kind = policy.TrustPolicy
			}
			r := &Request{
				Principal: p, Action: c.Action, Resource: policy.Literal(c.Resource), ResourceAccount: c.Account,
				ResourcePolicy: parsed(t, c.ResourcePolicy, kind),
			}
			for key, v := range c.Context {
				switch v := v.(type) {
				case string:
					r.Context.Set(key, v)
				case []any:
					var list []string
					for _, one := range v {
						list = append(list, textsOf(one)...)
					}
					r.Context.Set(key, list...)
				default:
					t.Fatalf("case %s: context %v", w.ID, v)
				}
			}
			want := map[string]Verdict{"A": Allowed, "D": Denied}[c.Expected]
			x := Explain(r)
			if x.Verdict != want {
				t.Errorf("case %s (%s): %s on %s %v: got %v (%s, %v), want %v", w.ID, w.Title, c.Action, c.Resource, c.Context, x.Verdict, x.Layer, x.Reasons, want)
			}
			if d := Decide(r); d != x.Decision {
				t.Errorf("case %s: Decide gives %v, Explain %v", w.ID, d, x.Decision)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d requests", n)
	}
}

// TestWorkedQuestions answers the questions of the worked cases.
func TestWorkedQuestions(t *testing.T) {
	want := map[string]Verdict{"escapes": Allowed, "enforced": Denied, "undecidable": Undetermined}
	for _, w := range workedCases(t) {
		approved := w.Approved
		if approved == nil {
			approved = []string{"arn:aws:iam::111122223333:policy/DevBoundary"}
		}
		u := &Universe{Partition: policy.Literal(w.partition()), Account: policy.Literal("111122223333")}
		for _, a := range approved {
			u.Approved = append(u.Approved, Approved{ARN: policy.Literal(a)})
		}
		var answers []Answer
		switch w.Question {
		case "Q1":
			h := w.holder(t)
			answers = append(answers, CanCreateWithoutBoundary(h, u, Role), CanCreateWithoutBoundary(h, u, User))
		case "Q2":
			h := w.holder(t)
			answers = append(answers, CanRemoveBoundary(h, u, Role), CanRemoveBoundary(h, u, User))
		case "Q3":
			for i := range u.Approved {
				answers = append(answers, CanEditPolicy(w.holder(t), u, u.Approved[i].ARN))
			}
		default:
			continue
		}
		got := Answer{Verdict: Denied}
		for _, a := range answers {
			if a.Verdict == Allowed || a.Verdict == Undetermined && got.Verdict == Denied {
				got = a
			}
		}
		if got.Verdict != want[w.Verdict] {
			t.Errorf("case %s (%s): got %v, want %s; %v", w.ID, w.Title, got.Verdict, w.Verdict, got.Reasons)
		}
		if got.Witness != nil {
			t.Logf("%s: %v", w.ID, got.Witness)
			for _, f := range got.Witness.First {
				t.Logf("    after %v", f)
			}
		}
		for _, r := range got.Reasons {
			t.Logf("%s: undetermined because %s", w.ID, r.Text)
		}
	}
}
