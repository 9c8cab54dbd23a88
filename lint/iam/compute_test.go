package iam

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestComputeJoins follows what carries a role to the role.
func TestComputeJoins(t *testing.T) {
	syms := &policy.Symbols{}
	text := func(s string) Value { return Value{Text: policy.Literal(s), Set: true} }
	refer := func(address, attribute string) Value {
		return Value{Set: true, Text: policy.SymbolText(syms.Intern(policy.Symbol{
			Kind: policy.SymbolReference, Name: address + "." + attribute, Address: address, Attribute: attribute,
		}))}
	}
	as := func(v Value) *Value { return &v }
	role := &Entity{Kind: Role, Declared: Declared{Address: "aws_iam_role.r"}, Name: text("r"), Path: text("/")}
	thing := func(address string, set func(*Compute)) *Compute {
		c := &Compute{Address: address, Type: ResourceType(address), ARN: policy.Literal("arn:aws:x:::" + address)}
		set(c)
		return c
	}
	m := &Model{
		Symbols: syms, Entities: []*Entity{role},
		Profiles: []*InstanceProfile{{Declared: Declared{Address: "aws_iam_instance_profile.p"}, Name: text("p"), Path: text("/"), Role: text("r")}},
		Compute: []*Compute{
			thing("aws_lambda_function.name", func(c *Compute) { c.Role = as(text("arn:aws:iam::111122223333:role/r")) }),
			thing("aws_lambda_function.reference", func(c *Compute) { c.Role = as(refer("aws_iam_role.r", "arn")) }),
			thing("aws_lambda_function.elsewhere", func(c *Compute) { c.Role = as(text("arn:aws:iam::111122223333:role/other")) }),
			thing("aws_instance.name", func(c *Compute) { c.Profile = as(text("p")) }),
			thing("aws_instance.reference", func(c *Compute) { c.Profile = as(refer("aws_iam_instance_profile.p", "id")) }),
			thing("aws_instance.template", func(c *Compute) { c.Through = as(refer("aws_launch_template.t", "id")) }),
			thing("aws_instance.named", func(c *Compute) { c.Through = as(text("template")) }),
			thing("aws_launch_template.t", func(c *Compute) {
				c.Profile = as(text("arn:aws:iam::111122223333:instance-profile/p"))
				c.Attributes = []Attribute{{"name", policy.Literal("template")}}
			}),
			thing("aws_lambda_function.gone", func(c *Compute) { c.Role, c.Change = as(text("r")), ChangeDelete }),
			thing("aws_ecs_service.hidden", func(c *Compute) {
				c.Through = &Value{Set: true, Text: policy.SymbolText(syms.Intern(policy.Symbol{Name: "var.t"}))}
			}),
		},
		IdentityProviders: []*IdentityProvider{
			{Declared: Declared{Address: "aws_iam_openid_connect_provider.o"}, Kind: OIDCProvider, URL: text("https://x.example/y")},
			{Declared: Declared{Address: "aws_iam_saml_provider.s"}, Kind: SAMLProvider, Name: text("s")},
		},
	}
	for range 2 {
		m.Link(Hints{Account: "111122223333"})
		found := map[string]string{}
		for _, c := range m.Compute {
			switch {
			case c.Entity != nil:
				found[c.Address] = c.Entity.Address
			case c.Hidden != nil:
				found[c.Address] = "hidden by " + c.Hidden.Name
			}
		}
		want := map[string]string{
			"aws_lambda_function.name": role.Address, "aws_lambda_function.reference": role.Address, "aws_instance.name": role.Address,
			"aws_instance.reference": role.Address, "aws_instance.template": role.Address, "aws_instance.named": role.Address,
			"aws_launch_template.t": role.Address, "aws_ecs_service.hidden": "hidden by var.t",
		}
		for address, entity := range want {
			if found[address] != entity {
				t.Errorf("%s: %q, want %q", address, found[address], entity)
			}
		}
		if len(found) != len(want) {
			t.Errorf("found %v", found)
		}
		for i, arn := range []string{"arn:aws:iam::111122223333:oidc-provider/x.example/y", "arn:aws:iam::111122223333:saml-provider/s"} {
			if got := m.IdentityProviders[i].ARN.String(); got != arn {
				t.Errorf("%s, want %s", got, arn)
			}
		}
	}
}

// TestNamesGivenAsARNs holds that the ARN of what is in a cluster has the
// cluster's name in it, however the cluster is given.
func TestNamesGivenAsARNs(t *testing.T) {
	syms := &policy.Symbols{}
	refer := func(address, attribute string) policy.Text {
		return policy.SymbolText(syms.Intern(policy.Symbol{
			Kind: policy.SymbolReference, Name: address + "." + attribute, Address: address, Attribute: attribute,
		}))
	}
	cluster := func(name string) *Compute {
		arn := policy.Literal("arn:aws:ecs:eu-west-1:111122223333:cluster/" + name)
		return &Compute{
			Address: "aws_ecs_cluster." + name, Type: "aws_ecs_cluster", ARN: arn,
			Attributes: []Attribute{{"name", policy.Literal(name)}, {"id", arn}},
		}
	}
	task := func(of policy.Text) *Compute {
		return &Compute{
			Address: "aws_ecs_service.s", Type: "aws_ecs_service",
			ARN: policy.Concat(policy.Literal("arn:aws:ecs:eu-west-1:111122223333:task/"), of, policy.Literal("/1")),
		}
	}
	either := policy.SymbolText(syms.Intern(policy.Symbol{
		Kind: policy.SymbolChoice, Name: "var.x", Alternatives: []policy.Text{refer("aws_ecs_cluster.a", "arn"), refer("aws_ecs_cluster.b", "arn")},
	}))
	for _, c := range []struct {
		of   policy.Text
		want []string
	}{
		{refer("aws_ecs_cluster.a", "arn"), []string{"a"}},
		{refer("aws_ecs_cluster.a", "id"), []string{"a"}},
		{refer("aws_ecs_cluster.a", "name"), []string{"a"}},
		{policy.Literal("a"), []string{"a"}},
		{either, []string{"a", "b"}},
	} {
		service := task(c.of)
		m := &Model{Symbols: syms, Compute: []*Compute{cluster("a"), cluster("b"), service}}
		m.Link(Hints{})
		arn, _ := policy.ParseARN(service.ARN)
		parts := arn.Resource.Parts()
		var got []string
		if s, known := arn.Resource.Known(); known {
			got = append(got, s[len("task/"):len(s)-len("/1")])
		} else if len(parts) > 1 && parts[1].Symbol != nil {
			for _, a := range parts[1].Symbol.Alternatives {
				got = append(got, a.String())
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v (%s)", c.of, got, c.want, service.ARN)
		}
	}
}
