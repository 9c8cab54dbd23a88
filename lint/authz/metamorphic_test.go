package authz

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// asked are the questions whose answers must not change.
func asked(p *Principal, u *Universe) []Verdict {
	var out []Verdict
	for _, kind := range []EntityKind{Role, User} {
		out = append(out, CanCreateWithoutBoundary(p, u, kind).Verdict, CanRemoveBoundary(p, u, kind).Verdict)
	}
	return append(out, CanEditPolicy(p, u, u.Approved[0].ARN).Verdict)
}

// delegations are policies about boundaries, some that hold and some that do
// not.
type delegations struct{ *roll }

func (r delegations) statement() jsonObject {
	st := jsonObject{"Effect": pick(r.roll, "Allow", "Allow", "Deny")}
	st["Action"] = some(r.roll, func() string {
		return pick(r.roll, "iam:CreateRole", "iam:CreateUser", "iam:*", "iam:Create*", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary",
			"iam:*RolePolicy", "iam:*PermissionsBoundary", "iam:CreatePolicyVersion", "iam:CreatePolicy", "iam:*Policy*", "*")
	})
	st["Resource"] = some(r.roll, func() string {
		return pick(r.roll, "*", "*", "arn:aws:iam::111122223333:role/app-*", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:policy/*", "arn:aws:iam::111122223333:policy/Dev")
	})
	if r.chance(12) {
		st["NotResource"] = st["Resource"]
		delete(st, "Resource")
	}
	if r.chance(12) {
		st["NotAction"] = st["Action"]
		delete(st, "Action")
	}
	if r.chance(60) {
		st["Condition"] = jsonObject{
			pick(r.roll, "StringEquals", "StringNotEquals", "ArnLike", "ArnNotLike", "StringEqualsIfExists", "ForAnyValue:StringNotEquals", "ForAllValues:StringEquals", "StringLike"): jsonObject{
				"iam:PermissionsBoundary": some(r.roll, func() string {
					return pick(r.roll, "arn:aws:iam::111122223333:policy/Dev", "arn:aws:iam::111122223333:policy/Dev", "arn:aws:iam::111122223333:policy/Ops", "arn:aws:iam::*:policy/Dev*", "arn:aws:iam::aws:policy/*")
				}),
			},
		}
	}
	return st
}

func (r delegations) document() jsonObject {
	list := make([]any, 1+r.IntN(4))
	for i := range list {
		list[i] = r.statement()
	}
	return jsonObject{"Version": "2012-10-17", "Statement": list}
}

func compiledObject(tb testing.TB, doc jsonObject) *Policy {
	tb.Helper()
	src, err := json.Marshal(doc)
	if err != nil {
		tb.Fatal(err)
	}
	return compiledRandom(tb, string(src))
}

func delegationUniverse() *Universe {
	return &Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"),
		Approved: []Approved{{ARN: policy.Literal("arn:aws:iam::111122223333:policy/Dev")}},
	}
}

// TestRewritesKeepVerdicts rewrites policies in ways that mean the same.
func TestRewritesKeepVerdicts(t *testing.T) {
	r := delegations{newRoll(11)}
	u := delegationUniverse()
	for range rounds(t, 100) {
		doc := r.document()
		statements := listOf(doc["Statement"])
		holder := func(docs ...jsonObject) *Principal {
			p := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
			for _, d := range docs {
				p.Identity = append(p.Identity, compiledObject(t, d))
			}
			return p
		}
		want := asked(holder(doc), u)
		check := func(what string, docs ...jsonObject) {
			t.Helper()
			got := asked(holder(docs...), u)
			for i := range got {
				if got[i] != want[i] {
					src, _ := json.Marshal(doc)
					rewritten, _ := json.Marshal(docs)
					t.Fatalf("%s: question %d was %v, is %v\n%s\n%s", what, i, want[i], got[i], src, rewritten)
				}
			}
		}
		with := func(list []any) jsonObject { return jsonObject{"Version": "2012-10-17", "Statement": list} }

		var split []jsonObject
		for _, s := range statements {
			split = append(split, with([]any{s}))
		}
		check("split", split...)

		reversed := make([]any, len(statements))
		for i, s := range statements {
			reversed[len(statements)-1-i] = s
		}
		check("reordered", with(reversed))

		var renamed, listed, spelled, single []any
		for i, s := range statements {
			st := objectOf(s)
			copied := func() jsonObject {
				return maps.Clone(st)
			}
			a := copied()
			a["Sid"] = string(rune('A' + i))
			renamed = append(renamed, a)
			b := copied()
			for _, element := range []string{"Action", "NotAction", "Resource", "NotResource"} {
				if st[element] != nil {
					b[element] = listOf(st[element])
				}
			}
			listed = append(listed, b)
			c := copied()
			var actions []any
			for _, x := range listOf(st["Action"]) {
				if x == "*" {
					actions = append(actions, "iam:*", "s3:*", "sts:*", "ec2:*")
				} else {
					actions = append(actions, x)
				}
			}
			if st["Action"] != nil {
				c["Action"] = actions
			}
			spelled = append(spelled, c)
			if st["Action"] == nil {
				single = append(single, st)
			}
			for _, x := range listOf(st["Action"]) {
				d := copied()
				d["Action"] = x
				single = append(single, d)
			}
		}
		check("Sids", with(renamed))
		check("lists", with(listed))
		check("services spelled out", with(spelled))
		check("one action a statement", with(single))
		unrelated := jsonObject{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
		check("unrelated statement", with(append([]any{unrelated}, statements...)))
		check("unrelated deny", doc, with([]any{jsonObject{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}))
		group := holder(with(statements))
		group.Identity = append(group.Identity, compiledObject(t, with([]any{unrelated})))
		if got := asked(group, u); got[0] != want[0] {
			t.Fatal("a second policy changed the verdict")
		}
	}
}

// TestDenyNeverOpens adds statements: a Deny never opens what was closed, an
// Allow never closes what was open.
func TestDenyNeverOpens(t *testing.T) {
	r := delegations{newRoll(13)}
	u := delegationUniverse()
	for range rounds(t, 300) {
		doc := r.document()
		extra := r.statement()
		holder := func(list ...any) *Principal {
			p := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
			p.Identity = []*Policy{compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": list})}
			return p
		}
		statements := listOf(doc["Statement"])
		// Plain searches: the questions also tell an explicit deny from a
		// missing grant, and approval depends on what policies name.
		for _, action := range []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion"} {
			q := &Query{Actions: []string{action}}
			before, after := Search(holder(statements...), u, q).Verdict, Search(holder(append([]any{extra}, statements...)...), u, q).Verdict
			worse := extra["Effect"] == "Deny" && before == Denied && after != Denied ||
				extra["Effect"] == "Allow" && before == Allowed && after != Allowed
			if worse {
				src, _ := json.Marshal(doc)
				added, _ := json.Marshal(extra)
				t.Fatalf("%s: %v became %v\n%s\nand %s", action, before, after, src, added)
			}
		}
	}
}

// TestMaskingKeepsVerdicts hides single values as unknown: a verdict stays or
// becomes undetermined.
func TestMaskingKeepsVerdicts(t *testing.T) {
	r := delegations{newRoll(17)}
	u := delegationUniverse()
	for n := range rounds(t, 120) {
		src, err := json.Marshal(r.document())
		if err != nil {
			t.Fatal(err)
		}
		masked := func(hide int) (*Policy, int) {
			// hide counts the texts of the document; -1 hides none.
			doc, _ := policy.Parse(string(src), nil, policy.ParseOptions{})
			i := 0
			var symbols policy.Symbols
			f := func(x policy.Text) policy.Text {
				i++
				if i-1 != hide {
					return x
				}
				kind := []policy.SymbolKind{policy.SymbolUnknown, policy.SymbolReference, policy.SymbolVariable, policy.SymbolSpread, policy.SymbolDerived}[n%5]
				s := symbols.Intern(policy.Symbol{Kind: kind, Name: "masked"})
				text, _ := x.Known()
				switch half := len(text) / 2; {
				case kind == policy.SymbolSpread:
				case n%4 == 0:
					// A part of the text stays certain.
					return policy.NewText(policy.Part{Literal: text[:half]}, policy.Part{Symbol: s})
				case n%4 == 1:
					return policy.NewText(policy.Part{Symbol: s}, policy.Part{Literal: text[half:]})
				case n%4 == 2:
					choice := symbols.Intern(policy.Symbol{Kind: policy.SymbolChoice, Name: "choice", Alternatives: []policy.Text{x, policy.Literal("arn:aws:iam::111122223333:policy/Ops")}})
					return policy.SymbolText(choice)
				}
				return policy.SymbolText(s)
			}
			for j, st := range doc.Statements {
				s := *st
				s.Action, s.NotAction = mapElements(st.Action, f), mapElements(st.NotAction, f)
				s.Resource, s.NotResource = mapElements(st.Resource, f), mapElements(st.NotResource, f)
				s.Condition = nil
				for _, c := range st.Condition {
					c.Values = mapElements(c.Values, f)
					s.Condition = append(s.Condition, c)
				}
				doc.Statements[j] = &s
			}
			return Compile(doc), i
		}
		plain, total := masked(-1)
		holder := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
		holder.Identity = []*Policy{plain}
		want := asked(holder, u)
		for hide := range total {
			q, _ := masked(hide)
			p := *holder
			p.Identity = []*Policy{q}
			for i, got := range asked(&p, u) {
				if got != want[i] && got != Undetermined && want[i] != Undetermined {
					t.Fatalf("text %d of kind %d hidden: question %d was %v, is %v\n%s", hide, n%5, i, want[i], got, src)
				}
			}
		}
	}
}
