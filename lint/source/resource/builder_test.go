package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// values makes the attributes of a resource of JSON; ?TEXT is a value hidden
// by the reference TEXT.
func values(t *testing.T, syms *policy.Symbols, text string) map[string]resource.Value {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	var c tfstate.Converter
	return hide(c.Value(v, nil), syms).Object
}

func hide(v resource.Value, syms *policy.Symbols) resource.Value {
	switch v.Kind {
	case resource.Scalar:
		text, _ := v.Text.Known()
		if ref, ok := strings.CutPrefix(text, "?"); ok {
			dot := strings.LastIndexByte(ref, '.')
			return resource.UnknownValue(resource.ReferenceSymbol(syms, "x", ref[:dot], ref[dot+1:]))
		}
	case resource.List:
		for i := range v.List {
			v.List[i] = hide(v.List[i], syms)
		}
	case resource.Object:
		for k, e := range v.Object {
			v.Object[k] = hide(e, syms)
		}
	case resource.Null, resource.Unknown:
	}
	return v
}

// TestTypes shows for each type what it becomes.
func TestTypes(t *testing.T) {
	const doc = `{\"Version\":\"2012-10-17\",\"Statement\":[]}`
	for _, c := range []struct{ typ, values, want string }{
		{"aws_iam_role", `{"name":"r","path":"/p/","permissions_boundary":"?aws_iam_policy.b.id","assume_role_policy":"` + doc + `",
			"managed_policy_arns":["arn:aws:iam::aws:policy/A","?aws_iam_policy.c.arn",null],
			"inline_policy":[{"name":"i","policy":"` + doc + `"},{"name":null,"policy":null},{"name":"","policy":""}]}`, `role aws_iam_role.x
  name r
  path /p/
  boundary <aws_iam_policy.b.arn>
  trust {"Version":"2012-10-17","Statement":[]}
inline aws_iam_role.x by inline_policy on role
  holder <aws_iam_role.x.name>
  name i
  document {"Version":"2012-10-17","Statement":[]}
attachment aws_iam_role.x by managed_policy_arns on role
  holder <aws_iam_role.x.name>
  policy arn:aws:iam::aws:policy/A
attachment aws_iam_role.x by managed_policy_arns on role
  holder <aws_iam_role.x.name>
  policy <aws_iam_policy.c.arn>`},
		{"aws_iam_role", `{"name_prefix":"app-","permissions_boundary":"","inline_policy":"?module.m.out.x","managed_policy_arns":"?local.a.b"}`, `role aws_iam_role.x
  name_prefix app-
  path /
inline aws_iam_role.x by inline_policy on role
  holder <aws_iam_role.x.name>
  document unknown by module.m.out.x
attachment aws_iam_role.x by managed_policy_arns on role
  holder <aws_iam_role.x.name>
  policy <aws_iam_role.x.managed_policy_arns> any number, by local.a.b`},
		{"aws_iam_user", `{"name":"u","permissions_boundary":null}`, "user aws_iam_user.x\n  name u\n  path /"},
		{"aws_iam_group", `{"name":"g","arn":"arn:aws:iam::111122223333:group/g"}`, `provider  region= partition=aws state=[111122223333] allowed=[] assume=
group aws_iam_group.x
  name g
  path /
  arn arn:aws:iam::111122223333:group/g`},
		{"aws_iam_policy", `{"name":"p","path":"/b/","policy":"` + doc + `"}`, `policy aws_iam_policy.x
  name p
  path /b/
  document {"Version":"2012-10-17","Statement":[]}`},
		{"aws_iam_role_policy", `{"role":"?aws_iam_role.r.id","name":"n","policy":"?data.aws_iam_policy_document.d.json"}`, `inline aws_iam_role_policy.x by aws_iam_role_policy on role
  holder <aws_iam_role.r.name>
  name n
  document unknown by data.aws_iam_policy_document.d.json`},
		{"aws_iam_user_policy", `{"user":"u","name_prefix":"n","policy":"` + doc + `"}`, `inline aws_iam_user_policy.x by aws_iam_user_policy on user
  holder u
  document {"Version":"2012-10-17","Statement":[]}`},
		{"aws_iam_group_policy", `{"group":"g","policy":"` + doc + `"}`, `inline aws_iam_group_policy.x by aws_iam_group_policy on group
  holder g
  document {"Version":"2012-10-17","Statement":[]}`},
		{"aws_iam_role_policy_attachment", `{"role":"r","policy_arn":"a"}`, "attachment aws_iam_role_policy_attachment.x by aws_iam_role_policy_attachment on role\n  holder r\n  policy a"},
		{"aws_iam_user_policy_attachment", `{"user":"r","policy_arn":"a"}`, "attachment aws_iam_user_policy_attachment.x by aws_iam_user_policy_attachment on user\n  holder r\n  policy a"},
		{"aws_iam_group_policy_attachment", `{"group":"r","policy_arn":"a"}`, "attachment aws_iam_group_policy_attachment.x by aws_iam_group_policy_attachment on group\n  holder r\n  policy a"},
		{"aws_iam_policy_attachment", `{"name":"n","policy_arn":"a","roles":["r"],"users":["u","?aws_iam_user.v.name"],"groups":"?local.g.s"}`, `attachment aws_iam_policy_attachment.x by aws_iam_policy_attachment on role
  holder r
  policy a
attachment aws_iam_policy_attachment.x by aws_iam_policy_attachment on user
  holder u
  policy a
attachment aws_iam_policy_attachment.x by aws_iam_policy_attachment on user
  holder <aws_iam_user.v.name>
  policy a
attachment aws_iam_policy_attachment.x by aws_iam_policy_attachment on group
  holder <aws_iam_policy_attachment.x.groups> any number, by local.g.s
  policy a`},
		{"aws_iam_role_policy_attachments_exclusive", `{"role_name":"r","policy_arns":["a","b"]}`, `attachment aws_iam_role_policy_attachments_exclusive.x by aws_iam_role_policy_attachments_exclusive on role
  holder r
  policy a
attachment aws_iam_role_policy_attachments_exclusive.x by aws_iam_role_policy_attachments_exclusive on role
  holder r
  policy b`},
		{"aws_iam_user_policy_attachments_exclusive", `{"user_name":"r","policy_arns":["a"]}`, "attachment aws_iam_user_policy_attachments_exclusive.x by aws_iam_user_policy_attachments_exclusive on user\n  holder r\n  policy a"},
		{"aws_iam_group_policy_attachments_exclusive", `{"group_name":"r","policy_arns":["a"]}`, "attachment aws_iam_group_policy_attachments_exclusive.x by aws_iam_group_policy_attachments_exclusive on group\n  holder r\n  policy a"},
		{"aws_iam_role_policies_exclusive", `{"role_name":"r","policy_names":["a"]}`, ""},
		{"aws_iam_group_membership", `{"group":"g","name":"n","users":["u","v"]}`, "membership aws_iam_group_membership.x\n  user u\n  group g\nmembership aws_iam_group_membership.x\n  user v\n  group g"},
		{"aws_iam_user_group_membership", `{"user":"u","groups":["g","?aws_iam_group.h.id"]}`, "membership aws_iam_user_group_membership.x\n  user u\n  group g\nmembership aws_iam_user_group_membership.x\n  user u\n  group <aws_iam_group.h.name>"},
		{"aws_iam_instance_profile", `{"name":"p","role":"?aws_iam_role.r.name"}`, "profile aws_iam_instance_profile.x\n  name p\n  role <aws_iam_role.r.name>"},
		{"aws_iam_instance_profile", `{"name":"p","roles":["r"]}`, "profile aws_iam_instance_profile.x\n  name p\n  role r"},
		{"aws_iam_access_key", `{"user":"u","status":"Inactive"}`, "credential access-key aws_iam_access_key.x active=false\n  user u"},
		{"aws_iam_user_login_profile", `{"user":"u"}`, "credential login-profile aws_iam_user_login_profile.x active=true\n  user u"},
		{"aws_organizations_policy", `{"name":"s","content":"` + doc + `"}`, "organization policy aws_organizations_policy.x SERVICE_CONTROL_POLICY\n  document {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
		{"aws_organizations_policy", `{"name":"t","type":"TAG_POLICY","content":"{}"}`, ""},
		{"aws_vpc", `{"name":"i"}`, ""},
		{"data.aws_iam_policy", `{"name":"p","arn":"arn:aws:iam::aws:policy/p","policy":"` + doc + `"}`, "lookup data.aws_iam_policy.x\n  name p\n  arn arn:aws:iam::aws:policy/p\n  document {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
		{"data.aws_iam_user", `{"user_name":"u"}`, "lookup data.aws_iam_user.x\n  name u"},
		{"data.aws_iam_group", `{"group_name":"g"}`, "lookup data.aws_iam_group.x\n  name g"},
		{"data.aws_partition", `{"partition":"aws-cn"}`, "provider  region= partition=aws-cn state=[] allowed=[] assume=\nlookup data.aws_partition.x\n  name aws-cn"},
		{"data.aws_region", `{"name":"eu-west-1"}`, "lookup data.aws_region.x\n  name eu-west-1"},
		{"data.aws_region", `{"region":"eu-west-1"}`, "lookup data.aws_region.x\n  name eu-west-1"},
		{"data.aws_region", `{"endpoint":"?data.aws_region.y.endpoint"}`, "lookup data.aws_region.x\n  name <data.aws_region.x.name>"},
		{"data.aws_region", `{"endpoint":"ec2.eu-west-1.amazonaws.com"}`, "lookup data.aws_region.x\n  name eu-west-1"},
		{"data.aws_caller_identity", `{"account_id":"111122223333"}`, "provider  region= partition= state=[111122223333] allowed=[] assume=\nlookup data.aws_caller_identity.x\n  name 111122223333"},
		{"data.aws_caller_identity", `{"account_id":"mock"}`, "lookup data.aws_caller_identity.x\n  name mock"},
		{"data.aws_iam_policy_document", `{"json":"` + doc + `"}`, "document data.aws_iam_policy_document.x\n  text {\"Version\":\"2012-10-17\",\"Statement\":[]}"},
	} {
		t.Run(c.typ, func(t *testing.T) {
			syms := &policy.Symbols{}
			b := resource.NewBuilder(iam.Input{Path: "x", Kind: iam.InputConfig, Complete: true}, syms)
			typ, isData := strings.CutPrefix(c.typ, "data.")
			b.Add(resource.Resource{Address: c.typ + ".x", Type: typ, Data: isData, Values: values(t, syms, c.values)})
			got := strings.TrimPrefix(sourcetest.Dump(b.Model()), "input config complete=true errored=false\n")
			if strings.TrimSpace(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if wanted := c.want != "" || strings.HasPrefix(typ, "aws_iam") || typ == "aws_organizations_policy"; resource.Reads(typ, isData) != wanted {
				t.Errorf("Reads is %t", !wanted)
			}
		})
	}
}

// TestSymbols: a reference is one symbol, however it is spelt and whoever
// interns it.
func TestSymbols(t *testing.T) {
	syms := &policy.Symbols{}
	for _, c := range []struct{ address, a, b string }{
		{"aws_iam_role.r", "id", "name"},
		{`module.m["a.b"].aws_iam_policy.p[0]`, "id", "arn"},
		{"data.aws_iam_role.r", "id", "name"},
		{"data.aws_iam_user.u", "user_name", "name"},
		{"awscc_iam_role.r", "id", "role_name"},
	} {
		if resource.ReferenceSymbol(syms, "in", c.address, c.a) != resource.ReferenceSymbol(syms, "in", c.address, c.b) {
			t.Errorf("%s: %s and %s are two symbols", c.address, c.a, c.b)
		}
	}
	if resource.ReferenceSymbol(syms, "in", "data.aws_iam_user.u", "id") == resource.ReferenceSymbol(syms, "in", "data.aws_iam_user.u", "name") {
		t.Error("the id of a user that is looked up is not a name")
	}
	if resource.ReferenceSymbol(syms, "one", "a.b", "arn") == resource.ReferenceSymbol(syms, "two", "a.b", "arn") {
		t.Error("two inputs share a symbol")
	}
	if s := resource.LookupSymbol(syms, "aws_caller_identity", "account_id", "aws.west"); s != resource.AccountSymbol(syms, "aws.west") {
		t.Errorf("got %v", s)
	}
	if s := resource.LookupSymbol(syms, "aws_caller_identity", "arn", "aws"); s != nil {
		t.Errorf("got %v", s)
	}
}

// TestEqualInputs: the order of resources does not show.
func TestEqualInputs(t *testing.T) {
	build := func(addresses ...string) string {
		syms := &policy.Symbols{}
		b := resource.NewBuilder(iam.Input{Path: "x"}, syms)
		for _, a := range addresses {
			typ, _, _ := strings.Cut(a, ".")
			b.Add(resource.Resource{Address: a, Type: typ, Provider: a, Values: values(t, syms,
				`{"name":"n","role":"r","policy_arn":"p","arn":"arn:aws:iam::111122223333:x/y"}`)})
		}
		return sourcetest.Dump(b.Model())
	}
	a := build("aws_iam_role.a", "aws_iam_role.b", "aws_iam_role_policy_attachment.a", "aws_iam_user.b", "aws_iam_group.c", "aws_iam_group.a")
	b := build("aws_iam_group.a", "aws_iam_user.b", "aws_iam_role_policy_attachment.a", "aws_iam_group.c", "aws_iam_role.b", "aws_iam_role.a")
	if a != b {
		t.Errorf("got\n%s\nand\n%s", a, b)
	}
}

func TestQuoteKey(t *testing.T) {
	// As terraform show -json writes them in addresses.
	for key, want := range map[string]string{
		"a.b": `["a.b"]`, `c["d"]`: `["c[\"d\"]"]`, "ü/é": `["ü/é"]`, `x\y`: `["x\\y"]`, "${z}": `["$${z}"]`,
		"%{if}": `["%%{if}"]`, "$5": `["$5"]`, "a\tb\nc": `["a\tb\nc"]`, "\u200b": `["\u200b"]`, "\U000e0001": `["\U000e0001"]`,
	} {
		if got := resource.QuoteKey(key); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}

// TestRegionOfProvider takes the region of a provider from the data sources
// that tell it: those that may have asked for another one have to agree.
func TestRegionOfProvider(t *testing.T) {
	told := []string{"name"}
	for name, c := range map[string]struct {
		regions map[string][]string // the echoes by the region
		want    string
	}{
		"told":       {map[string][]string{"eu-west-1": told}, "eu-west-1"},
		"asked for":  {map[string][]string{"eu-west-1": nil}, ""},
		"one of two": {map[string][]string{"eu-west-1": nil, "eu-west-2": told}, "eu-west-2"},
		"disagree":   {map[string][]string{"eu-west-1": told, "eu-west-2": told}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := resource.NewBuilder(iam.Input{Path: "x", Kind: iam.InputState, Complete: true}, &policy.Symbols{})
			for region, echo := range c.regions {
				b.Add(resource.Resource{
					Address: "data.aws_region.x", Type: "aws_region", Data: true, Provider: "aws", Echo: echo,
					Values: map[string]resource.Value{"name": resource.StringValue(region)},
				})
			}
			b.Model()
			if got := b.Provider("aws").Region.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
