package iam

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

const (
	own     = "111122223333"
	foreign = "999988887777"
)

// world builds models by hand.
type world struct {
	*Model
}

func newWorld() *world {
	return &world{&Model{Input: Input{Path: "plan.json", Kind: InputPlan, Complete: true}, Symbols: &policy.Symbols{}}}
}

func lit(s string) Value { return Value{Text: policy.Literal(s), Set: true} }

func (w *world) ref(address, attribute string) Value {
	return Value{Set: true, Text: policy.SymbolText(w.Symbols.Intern(policy.Symbol{
		Kind: policy.SymbolReference, Name: address + "." + attribute, Scope: w.Input.Path, Address: address, Attribute: attribute,
	}))}
}

func (w *world) hidden(name string) Value {
	return Value{Set: true, Text: policy.SymbolText(w.Symbols.Intern(policy.Symbol{Name: name, Scope: w.Input.Path}))}
}

func (w *world) role(label string, name, boundary Value) *Entity {
	e := &Entity{Kind: Role, Declared: Declared{Address: "aws_iam_role." + label, Provider: "aws"}, Type: "aws_iam_role", Name: name, Boundary: boundary}
	w.Entities = append(w.Entities, e)
	return e
}

func (w *world) user(label string, name Value) *Entity {
	e := &Entity{Kind: User, Declared: Declared{Address: "aws_iam_user." + label, Provider: "aws"}, Type: "aws_iam_user", Name: name}
	w.Entities = append(w.Entities, e)
	return e
}

func (w *world) group(label string, name Value) *Group {
	g := &Group{Declared: Declared{Address: "aws_iam_group." + label, Provider: "aws"}, Name: name}
	w.Groups = append(w.Groups, g)
	return g
}

func (w *world) policy(label string, name Value) *ManagedPolicy {
	p := &ManagedPolicy{Declared: Declared{Address: "aws_iam_policy." + label, Provider: "aws"}, Name: name}
	w.Policies = append(w.Policies, p)
	return p
}

func (w *world) attach(kind HolderKind, holder, arn Value) *Attachment {
	a := &Attachment{
		Declared: Declared{Address: fmt.Sprintf("aws_iam_%s_policy_attachment.a%d", kind, len(w.Attachments)), Provider: "aws"}, HolderKind: kind,
		Holder: holder, PolicyARN: arn, Route: "aws_iam_policy_attachment",
	}
	w.Attachments = append(w.Attachments, a)
	return a
}

func (w *world) document(json string) *Document {
	d, diagnostics := policy.Parse(json, w.Symbols, policy.ParseOptions{})
	return &Document{Document: d, Text: w.Symbols.Text(json), Diagnostics: diagnostics}
}

func TestJoinRoutes(t *testing.T) {
	t.Parallel()
	type want struct {
		attached bool
		policy   bool
		unknown  bool
	}
	arn := func(account, resource string) Value { return lit("arn:aws:iam::" + account + ":" + resource) }
	for name, c := range map[string]struct {
		holder, policy func(*world) Value
		roleName       func(*world) Value
		path           string
		want           want
	}{
		"name and literal ARN": {
			holder: func(*world) Value { return lit("dev") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{attached: true, policy: true},
		},
		"name in another case": {
			holder: func(*world) Value { return lit("DEV") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{attached: true, policy: true},
		},
		"symbols": {
			holder: func(w *world) Value { return w.ref("aws_iam_role.dev", "name") },
			policy: func(w *world) Value { return w.ref("aws_iam_policy.tools", "arn") },
			want:   want{attached: true, policy: true},
		},
		"ids": {
			holder: func(w *world) Value { return w.ref("aws_iam_role.dev", "id") },
			policy: func(w *world) Value { return w.ref("aws_iam_policy.tools", "id") },
			want:   want{attached: true, policy: true},
		},
		"ARN of the holder": {
			holder: func(w *world) Value { return w.ref("aws_iam_role.dev", "arn") },
			policy: func(*world) Value { return arn("aws", "policy/ReadOnlyAccess") },
			want:   want{attached: true},
		},
		"literal ARN of the holder": {
			holder: func(*world) Value { return arn(own, "role/teams/dev") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			path:   "/teams/",
			want:   want{attached: true, policy: true},
		},
		"ARN of a holder elsewhere": {
			holder: func(*world) Value { return arn(foreign, "role/dev") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{},
		},
		"ARN of a user of that name": {
			holder: func(*world) Value { return arn(own, "user/dev") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{},
		},
		"holder outside of the input": {
			holder: func(*world) Value { return lit("somebody") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{},
		},
		"policy outside of the input": {
			holder: func(*world) Value { return lit("dev") },
			policy: func(*world) Value { return arn(own, "policy/other") },
			want:   want{attached: true},
		},
		"policy at another path": {
			holder: func(*world) Value { return lit("dev") },
			policy: func(*world) Value { return arn(own, "policy/elsewhere/tools") },
			want:   want{attached: true},
		},
		"policy of another account": {
			holder: func(*world) Value { return lit("dev") },
			policy: func(*world) Value { return arn(foreign, "policy/tools") },
			want:   want{attached: true},
		},
		"holder is hidden": {
			holder: func(w *world) Value { return w.hidden("local.roles") },
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{unknown: true},
		},
		"holder is hidden, but its start is not": {
			holder: func(w *world) Value {
				v := w.hidden("local.roles")
				v.Text = policy.Concat(policy.Literal("ops-"), v.Text)
				return v
			},
			policy: func(*world) Value { return arn(own, "policy/tools") },
			want:   want{},
		},
		"policy is hidden": {
			holder: func(*world) Value { return lit("dev") },
			policy: func(w *world) Value { return w.hidden("var.policy") },
			want:   want{attached: true},
		},
		"name of the role is hidden": {
			roleName: func(w *world) Value { return w.hidden("terraform_data.x.output") },
			holder:   func(*world) Value { return lit("dev") },
			policy:   func(*world) Value { return arn(own, "policy/tools") },
			want:     want{unknown: true},
		},
		"name of the role is hidden, but it is referred to": {
			roleName: func(w *world) Value { return w.hidden("terraform_data.x.output") },
			holder:   func(w *world) Value { return w.ref("aws_iam_role.dev", "name") },
			policy:   func(*world) Value { return arn(own, "policy/tools") },
			want:     want{attached: true, policy: true},
		},
		"same hidden name": {
			roleName: func(w *world) Value { return w.hidden("terraform_data.x.output") },
			holder:   func(w *world) Value { return w.hidden("terraform_data.x.output") },
			policy:   func(*world) Value { return arn(own, "policy/tools") },
			want:     want{attached: true, policy: true},
		},
		"generated name": {
			roleName: func(*world) Value { return Value{} },
			holder:   func(w *world) Value { return w.ref("aws_iam_role.dev", "name") },
			policy:   func(*world) Value { return arn(own, "policy/tools") },
			want:     want{attached: true, policy: true},
		},
		"generated name and a literal one": {
			roleName: func(*world) Value { return Value{} },
			holder:   func(*world) Value { return lit("terraform-2026") },
			policy:   func(*world) Value { return arn(own, "policy/tools") },
			want:     want{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			roleName := lit("dev")
			if c.roleName != nil {
				roleName = c.roleName(w)
			}
			e := w.role("dev", roleName, Value{})
			if c.path != "" {
				e.Path = lit(c.path)
			}
			p := w.policy("tools", lit("tools"))
			w.attach(HolderRole, c.holder(w), c.policy(w))
			for range 2 {
				w.Link(Hints{Account: own})
				got := want{attached: len(e.Attached) == 1, unknown: len(e.Unsettled) == 1 && len(e.Unsettled[0].Attached) == 1}
				if e.PoliciesUnknown != nil {
					t.Error("everything about its policies is hidden")
				}
				if got.attached {
					got.policy = e.Attached[0].Policy == p
				}
				if got != c.want {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
				if held := slices.Contains(p.HeldBy, e); held != got.policy {
					t.Errorf("HeldBy says %v", held)
				}
			}
		})
	}
}

func TestJoinGroups(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ann, ben, eve := w.user("ann", lit("ann")), w.user("ben", lit("ben")), w.user("eve", lit("eve"))
	admins, others := w.group("admins", lit("admins")), w.group("others", lit("others"))
	w.Memberships = []*Membership{
		{Declared: Declared{Address: "m1"}, User: w.ref(ann.Address, "name"), Group: lit("admins")},
		{Declared: Declared{Address: "m2"}, User: lit("Ben"), Group: w.ref(admins.Address, "name")},
		{Declared: Declared{Address: "m3"}, User: lit("ben"), Group: w.ref(admins.Address, "id")},
		{Declared: Declared{Address: "m4"}, User: lit("ghost"), Group: lit("admins")},
		{Declared: Declared{Address: "m5", Change: ChangeDelete}, User: lit("eve"), Group: lit("others")},
		{Declared: Declared{Address: "m6"}, User: w.ref(eve.Address, "name"), Group: w.hidden("var.group")},
	}
	w.attach(HolderGroup, lit("admins"), lit("arn:aws:iam::aws:policy/AdministratorAccess"))
	w.Inline = []*InlinePolicy{
		{Declared: Declared{Address: "i1"}, HolderKind: HolderGroup, Holder: w.ref(others.Address, "name"), Name: lit("x")},
		{Declared: Declared{Address: "i2"}, HolderKind: HolderUser, Holder: w.ref(ann.Address, "name"), Name: lit("x")},
	}
	w.Link(Hints{})
	if !slices.Equal(admins.Members, []*Entity{ann, ben}) || len(others.Members) != 0 {
		t.Errorf("members: %v and %v", admins.Members, others.Members)
	}
	if len(admins.Attached) != 1 || len(others.Inline) != 1 || len(ann.Inline) != 1 {
		t.Error("policies are not where they belong")
	}
	if ann.PoliciesUnknown != nil || eve.PoliciesUnknown == nil {
		t.Error("eve may be in any group, ann may not")
	}
}

func TestStateTellsTwice(t *testing.T) {
	t.Parallel()
	w := newWorld()
	e := w.role("dev", lit("dev"), Value{})
	add := func(address, route, name string) *InlinePolicy {
		p := &InlinePolicy{Declared: Declared{Address: address}, HolderKind: HolderRole, Holder: lit("dev"), Name: lit(name), Route: route}
		w.Inline = append(w.Inline, p)
		return p
	}
	add(e.Address, "inline_policy", "a")
	resource := add("aws_iam_role_policy.a", "aws_iam_role_policy", "a")
	other := add(e.Address, "inline_policy", "b")
	w.attach(HolderRole, lit("dev"), lit("arn:aws:iam::aws:policy/X")).Route = "managed_policy_arns"
	attached := w.attach(HolderRole, lit("dev"), lit("arn:aws:iam::aws:policy/X"))
	w.Link(Hints{})
	if !slices.Equal(e.Inline, []*InlinePolicy{resource, other}) {
		t.Errorf("inline: %d", len(e.Inline))
	}
	if !slices.Equal(e.Attached, []*Attachment{attached}) {
		t.Errorf("attached: %d", len(e.Attached))
	}
}

func TestBoundaryResolves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		boundary func(*world) Value
		want     string
		declared bool
	}{
		"symbol":         {func(w *world) Value { return w.ref("aws_iam_policy.b", "arn") }, "arn:aws:iam::111122223333:policy/team/b", true},
		"literal":        {func(*world) Value { return lit("arn:aws:iam::111122223333:policy/team/b") }, "", true},
		"other path":     {func(*world) Value { return lit("arn:aws:iam::111122223333:policy/b") }, "", false},
		"name":           {func(w *world) Value { return w.ref("aws_iam_policy.b", "name") }, "b", false},
		"document":       {func(w *world) Value { return w.ref("aws_iam_policy.b", "policy") }, `{"Statement":[]}`, false},
		"role":           {func(w *world) Value { return w.ref("aws_iam_role.other", "arn") }, "arn:aws:iam::111122223333:role/other", false},
		"data by name":   {func(w *world) Value { return w.ref("data.aws_iam_policy.same", "arn") }, "arn:aws:iam::111122223333:policy/team/b", true},
		"data elsewhere": {func(w *world) Value { return w.ref("data.aws_iam_policy.else", "arn") }, "arn:aws:iam::111122223333:policy<path>else", false},
		"data of AWS":    {func(w *world) Value { return w.ref("data.aws_iam_policy.aws", "arn") }, "arn:aws:iam::aws:policy/AdministratorAccess", false},
		"data by ARN":    {func(w *world) Value { return w.ref("data.aws_iam_policy.arn", "arn") }, "arn:aws:iam::111122223333:policy/team/b", true},
		"account data": {func(w *world) Value {
			v := w.ref("data.aws_caller_identity.me", "account_id")
			v.Text = policy.Concat(policy.Literal("arn:aws:iam::"), v.Text, policy.Literal(":policy/team/b"))
			return v
		}, "arn:aws:iam::111122223333:policy/team/b", true},
		"domain":     {func(w *world) Value { return w.ref("data.aws_partition.p", "dns_suffix") }, "amazonaws.com.cn", false},
		"prefix":     {func(w *world) Value { return w.ref("data.aws_partition.p", "reverse_dns_prefix") }, "cn.com.amazonaws", false},
		"region":     {func(w *world) Value { return w.ref("data.aws_region.here", "name") }, "cn-north-1", false},
		"named":      {func(w *world) Value { return w.ref("data.aws_region.there", "id") }, "us-east-1", false},
		"unnamed":    {func(w *world) Value { return w.ref("data.aws_region.hidden", "region") }, "<var.region.x>", false},
		"undeclared": {func(w *world) Value { return w.ref("aws_iam_policy.none", "arn") }, "<aws_iam_policy.none.arn>", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			p := w.policy("b", lit("b"))
			p.Path = lit("/team/")
			p.Document = w.document(`{"Statement":[]}`)
			w.role("other", lit("other"), Value{})
			e := w.role("dev", lit("dev"), c.boundary(w))
			w.Lookups = []*Lookup{
				{Declared: Declared{Address: "data.aws_iam_policy.same"}, Type: "aws_iam_policy", Name: lit("b")},
				{Declared: Declared{Address: "data.aws_iam_policy.else"}, Type: "aws_iam_policy", Name: lit("else")},
				{Declared: Declared{Address: "data.aws_iam_policy.aws"}, Type: "aws_iam_policy", Name: lit("AdministratorAccess")},
				{Declared: Declared{Address: "data.aws_iam_policy.arn"}, Type: "aws_iam_policy", ARN: w.ref("aws_iam_policy.b", "arn")},
				{Declared: Declared{Address: "data.aws_caller_identity.me"}, Type: "aws_caller_identity"},
				{Declared: Declared{Address: "data.aws_partition.p", Provider: "aws.cn"}, Type: "aws_partition"},
				{Declared: Declared{Address: "data.aws_region.here", Provider: "aws.cn"}, Type: "aws_region"},
				{Declared: Declared{Address: "data.aws_region.there", Provider: "aws.cn"}, Type: "aws_region", Name: lit("us-east-1")},
				{Declared: Declared{Address: "data.aws_region.hidden", Provider: "aws.cn"}, Type: "aws_region", Name: w.ref("var.region", "x")},
			}
			w.Providers = append(w.Providers, &Provider{Name: "aws.cn", Region: policy.Literal("cn-north-1")})
			w.Link(Hints{Account: own, ManagedPolicy: func(name string) (string, bool) {
				return "arn:aws:iam::aws:policy/" + name, name == "AdministratorAccess"
			}})
			if got := e.Boundary.Text.String(); c.want != "" && got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := e.BoundaryPolicy == p; got != c.declared {
				t.Errorf("declared: %v", got)
			}
			if got := slices.Contains(p.BoundaryOf, e); got != c.declared {
				t.Errorf("BoundaryOf: %v", got)
			}
			if !e.Boundary.Written.Equal(c.boundary(w).Text) {
				t.Errorf("written: %s", e.Boundary.Written)
			}
		})
	}
}

func TestSymbolAndLiteralAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.policy("b", lit("b"))
	w.Entities = nil
	x := w.role("x", lit("x"), w.ref("aws_iam_policy.b", "arn"))
	doc := w.document(`{"Statement":[{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` +
		w.Symbols.Encode(w.ref("aws_iam_policy.b", "arn").Text) + `"}}}]}`)
	w.Inline = []*InlinePolicy{{Declared: Declared{Address: "i"}, HolderKind: HolderRole, Holder: lit("x"), Name: lit("x"), Document: doc}}
	original := doc.Document
	for _, account := range []string{"", own, foreign} {
		w.Link(Hints{Account: account})
		got := doc.Statements[0].Condition[0].Values[0].Text
		if !got.Equal(x.Boundary.Text) || !got.Equal(w.Policies[0].ARN) {
			t.Errorf("account %q: %s, %s, %s", account, got, x.Boundary.Text, w.Policies[0].ARN)
		}
		want := "arn:aws:iam::" + account + ":policy/b"
		if account == "" {
			want = "arn:aws:iam::<account>:policy/b"
		}
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if s := original.Statements[0].Condition[0].Values[0].Text.Symbol(); s == nil || s.Address != "aws_iam_policy.b" {
		t.Error("the source's own document was changed")
	}
}

func TestDeployment(t *testing.T) {
	t.Parallel()
	const region = "eu-west-1"
	identity := func(w *world, resource string) {
		w.Inline = append(w.Inline, &InlinePolicy{
			Declared: Declared{Address: "i" + resource, Provider: "aws"}, HolderKind: HolderRole, Holder: lit("a"), Name: lit(resource), Document: w.document(`{"Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"` + resource + `"}]}`),
		})
	}
	for name, c := range map[string]struct {
		make      func(*world)
		hints     Hints
		account   string
		partition string
	}{
		"nothing": {func(*world) {}, Hints{}, "<account>", "aws"},
		"configuration": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", AllowedAccounts: []string{foreign}}}
		}, Hints{Account: own, Boundaries: []string{"arn:aws:iam::" + foreign + ":policy/b"}}, own, "aws"},
		"approved boundary": {func(w *world) {
			w.Entities[0].Boundary = lit("arn:aws:iam::" + foreign + ":policy/b")
		}, Hints{Boundaries: []string{"arn:aws:iam::" + own + ":policy/b", "arn:aws:iam::aws:policy/x"}}, own, "aws"},
		"state before approved boundary": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", StateAccounts: []string{own}}}
		}, Hints{Boundaries: []string{"arn:aws:iam::" + foreign + ":policy/b"}}, own, "aws"},
		"approved pattern": {func(*world) {}, Hints{Boundaries: []string{"arn:aws:iam::*:policy/b"}}, "<account>", "aws"},
		"state": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", StateAccounts: []string{own}, AllowedAccounts: []string{foreign}}}
		}, Hints{}, own, "aws"},
		"allowed accounts": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", AllowedAccounts: []string{own}}}
			identity(w, "arn:aws:iam::"+foreign+":role/x")
		}, Hints{}, own, "aws"},
		"assume role": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", AssumeRole: policy.Literal("arn:aws:iam::" + own + ":role/deploy")}}
		}, Hints{}, own, "aws"},
		"boundary before identity policy": {func(w *world) {
			identity(w, "arn:aws:iam::"+foreign+":role/x")
			w.Entities[0].Boundary = lit("arn:aws:iam::" + own + ":policy/b")
		}, Hints{}, own, "aws"},
		"iam beside other services": {func(w *world) {
			identity(w, "arn:aws:iam::"+own+":role/x")
			identity(w, "arn:aws:sqs:eu-west-1:"+foreign+":queue")
		}, Hints{}, own, "aws"},
		"other services never": {func(w *world) {
			identity(w, "arn:aws:kms:eu-west-1:"+foreign+":key/x")
		}, Hints{}, "<account>", "aws"},
		"boundaries disagree": {func(w *world) {
			identity(w, "arn:aws:iam::"+own+":role/x")
			w.Entities[0].Boundary = lit("arn:aws:iam::" + own + ":policy/b")
			w.role("z", lit("z"), lit("arn:aws:iam::"+foreign+":policy/b"))
		}, Hints{}, "<account>", "aws"},
		"identity policies disagree": {func(w *world) {
			identity(w, "arn:aws:iam::"+own+":role/x")
			identity(w, "arn:aws:iam::"+foreign+":role/x")
		}, Hints{}, "<account>", "aws"},
		"boundary": {func(w *world) {
			w.Entities[0].Boundary = lit("arn:aws:iam::" + own + ":policy/b")
		}, Hints{}, own, "aws"},
		"boundary of AWS": {func(w *world) {
			w.Entities[0].Boundary = lit("arn:aws:iam::aws:policy/PowerUserAccess")
		}, Hints{}, "<account>", "aws"},
		"principals never": {func(w *world) {
			w.Entities[0].Trust = w.document(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::` + foreign + `:root"}}]}`)
		}, Hints{}, "<account>", "aws"},
		"assumed roles never": {func(w *world) {
			w.Inline = []*InlinePolicy{{
				Declared: Declared{Address: "i"}, HolderKind: HolderRole, Holder: lit("a"), Name: lit("x"),
				Document: w.document(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::` + foreign + `:role/x"}]}`),
			}}
		}, Hints{}, "<account>", "aws"},
		"region": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", Region: policy.Literal("us-gov-west-1")}}
			w.Entities[0].Boundary = lit("arn:aws:iam::" + own + ":policy/b")
		}, Hints{}, own, "aws-us-gov"},
		"commercial region": {func(w *world) {
			w.Providers = []*Provider{{Name: "aws", Region: policy.Literal(region)}}
			w.Entities[0].Boundary = lit("arn:aws-cn:iam::" + own + ":policy/b")
		}, Hints{}, own, "aws"},
		"partition by boundary": {func(w *world) {
			w.Entities[0].Boundary = lit("arn:aws-cn:iam::" + own + ":policy/b")
		}, Hints{}, own, "aws-cn"},
		"partitions disagree": {func(w *world) {
			w.Entities[0].Boundary = lit("arn:aws-cn:iam::" + own + ":policy/b")
			identity(w, "arn:aws:iam::"+own+":role/x")
		}, Hints{}, own, "<partition>"},
		"its own ARN": {func(w *world) {
			w.Entities[0].ARN = policy.Literal("arn:aws-cn:iam::" + own + ":role/a")
		}, Hints{}, own, "aws-cn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			e := w.role("a", lit("a"), Value{})
			c.make(w)
			w.Link(c.hints)
			if got := e.Deployment.Account.String(); got != c.account {
				t.Errorf("account %s, want %s", got, c.account)
			}
			if got := e.Deployment.Partition.String(); got != c.partition {
				t.Errorf("partition %s, want %s", got, c.partition)
			}
			if (e.Deployment.AccountFrom == "") != (c.account == "<account>") {
				t.Errorf("account from %q", e.Deployment.AccountFrom)
			}
		})
	}
}

func TestProvidersApart(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.Providers = []*Provider{
		{Name: "aws", AllowedAccounts: []string{own}},
		{Name: "aws.west", Region: policy.Literal("us-west-2"), AllowedAccounts: []string{own}},
		{Name: "aws.prod", AssumeRole: policy.Literal("arn:aws:iam::" + foreign + ":role/deploy")},
		{Name: "aws.secret", Credentials: "other"},
	}
	roles := map[string]*Entity{}
	for _, provider := range []string{"aws", "aws.prod", "aws.secret"} {
		e := w.role(strings.ReplaceAll(provider, ".", "_"), lit("same"), Value{})
		e.Provider = provider
		roles[provider] = e
		a := w.attach(HolderRole, lit("same"), lit("arn:aws:iam::aws:policy/"+provider))
		a.Provider = provider
	}
	west := w.attach(HolderRole, lit("same"), lit("arn:aws:iam::aws:policy/west"))
	west.Provider = "aws.west"
	w.Link(Hints{Account: own})
	for provider, want := range map[string]string{"aws": own, "aws.prod": foreign, "aws.secret": "<account>"} {
		e := roles[provider]
		if got := e.Deployment.Account.String(); got != want {
			t.Errorf("%s is in %s, want %s", provider, got, want)
		}
		n := 1
		if provider == "aws" {
			n = 2
		}
		if len(e.Attached) != n {
			t.Errorf("%s has %d policies, want %d", provider, len(e.Attached), n)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	syms := &policy.Symbols{}
	platform, team := newWorld(), newWorld()
	platform.Symbols, team.Symbols = syms, syms
	platform.Input.Path, team.Input.Path = "platform.json", "team.json"
	b := platform.policy("b", lit("team-boundary"))
	platform.role("same", lit("one"), Value{})
	e := team.role("same", lit("two"), lit("arn:aws:iam::"+own+":policy/team-boundary"))
	team.attach(HolderRole, team.ref(e.Address, "name"), lit("arn:aws:iam::"+own+":policy/team-boundary"))
	generated := team.role("generated", Value{}, Value{})
	team.attach(HolderRole, team.ref(generated.Address, "name"), lit("arn:aws:iam::aws:policy/X"))
	m := Merge(Hints{}, platform.Model, team.Model)
	for range 2 {
		m.Link(Hints{Account: own})
		if e.BoundaryPolicy != b || len(e.Attached) != 1 || e.Attached[0].Policy != b {
			t.Error("the boundary of the other input is not found")
		}
		if len(generated.Attached) != 1 {
			t.Error("a generated name is not joined any more")
		}
		if got := e.ARN.String(); got != "arn:aws:iam::"+own+":role/two" {
			t.Error(got)
		}
	}
	if m.Input.Path != "platform.json, team.json" {
		t.Error(m.Input.Path)
	}
}

func TestChoiceResolves(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.policy("b", lit("b"))
	choice := func(name string, texts ...policy.Text) Value {
		return Value{Set: true, Text: policy.SymbolText(w.Symbols.Intern(policy.Symbol{
			Kind: policy.SymbolChoice, Name: name, Alternatives: texts,
		}))}
	}
	same := w.role("same", lit("same"), choice("same", w.ref("aws_iam_policy.b", "arn").Text, policy.Literal("arn:aws:iam::"+own+":policy/b")))
	open := w.role("open", lit("open"), choice("open", w.ref("aws_iam_policy.b", "arn").Text, policy.Literal("x")))
	w.Link(Hints{Account: own})
	if got := same.Boundary.Text.String(); got != "arn:aws:iam::"+own+":policy/b" {
		t.Error(got)
	}
	s := open.Boundary.Text.Symbol()
	if s == nil || !reflect.DeepEqual(s.Alternatives, []policy.Text{policy.Literal("arn:aws:iam::" + own + ":policy/b"), policy.Literal("x")}) {
		t.Errorf("%+v", s)
	}
}

func TestCompareAddresses(t *testing.T) {
	t.Parallel()
	want := []string{
		"aws_iam_role.a[2]", "aws_iam_role.a[10]", `aws_iam_role.b["svc2"]`, `aws_iam_role.b["svc10"]`,
		"module.m2.aws_iam_role.a", "module.m10.aws_iam_role.a",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareAddresses)
	if !slices.Equal(got, want) {
		t.Error(got)
	}
	if CompareAddresses("a01", "a1") == 0 || CompareAddresses("a1", "a1") != 0 {
		t.Error("different addresses must not be equal, equal ones must")
	}
}

func TestResourceType(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		`aws_iam_role.a`: "aws_iam_role",
		`module.x["a.b[0]"].module.y[1].aws_iam_policy.b["x\"."]`: "aws_iam_policy",
		`data.aws_iam_policy.b`:                                   "aws_iam_policy",
		`module.x.data.aws_iam_role.b[0]`:                         "aws_iam_role",
		`arn:aws:iam::111122223333:role/x.y`:                      "",
		`module.x`:                                                "",
		``:                                                        "",
	} {
		if got := ResourceType(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
