package schema

import (
	"sync"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// TestUnset holds what rules and evaluation rest on.
func TestUnset(t *testing.T) {
	for _, c := range []struct {
		typ, attribute string
		want           cty.Value
	}{
		{"aws_iam_role", "path", cty.StringVal("/")},
		{"aws_iam_role", "max_session_duration", cty.NumberIntVal(3600)},
		{"aws_iam_role", "force_detach_policies", cty.False},
		{"aws_iam_role", "permissions_boundary", cty.NullVal(cty.String)},
		{"aws_iam_role", "description", cty.NullVal(cty.String)},
		{"aws_iam_role", "tags", cty.NullVal(cty.Map(cty.String))},
		{"aws_iam_role", "arn", cty.UnknownVal(cty.String)},
		{"aws_iam_role", "name", cty.UnknownVal(cty.String)},
		{"aws_iam_role", "tags_all", cty.UnknownVal(cty.Map(cty.String))},
		{"aws_iam_role", "managed_policy_arns", cty.UnknownVal(cty.Set(cty.String))},
		{"aws_iam_user", "path", cty.StringVal("/")},
		{"aws_iam_user", "force_destroy", cty.False},
		{"aws_iam_user", "permissions_boundary", cty.NullVal(cty.String)},
		{"aws_iam_group", "path", cty.StringVal("/")},
		{"aws_iam_policy", "path", cty.StringVal("/")},
		{"aws_iam_policy", "attachment_count", cty.UnknownVal(cty.Number)},
		{"aws_iam_instance_profile", "role", cty.NullVal(cty.String)},
		{"aws_s3_bucket", "bucket", cty.UnknownVal(cty.String)},
		{"aws_s3_bucket", "force_destroy", cty.False},
		{"aws_kms_alias", "target_key_arn", cty.UnknownVal(cty.String)},
		{"aws_lambda_function", "timeout", cty.NumberIntVal(3)},
		{"aws_sqs_queue", "region", cty.UnknownVal(cty.String)},
		{"data.aws_vpc", "main_route_table_id", cty.UnknownVal(cty.String)},
		{"data.aws_ssm_parameter", "with_decryption", cty.UnknownVal(cty.Bool)},
	} {
		a := lookup(c.typ).Attribute(c.attribute)
		if a == nil {
			t.Errorf("%s has no %s", c.typ, c.attribute)
			continue
		}
		if got := a.Unset(); !got.RawEquals(c.want) {
			t.Errorf("%s.%s: %#v, want %#v", c.typ, c.attribute, got, c.want)
		}
		if !a.Type().Equals(c.want.Type()) {
			t.Errorf("%s.%s: %s, want %s", c.typ, c.attribute, a.Type().FriendlyName(), c.want.Type().FriendlyName())
		}
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		typ, attribute              string
		sensitive, writeOnly, added bool
	}{
		{"aws_iam_role", "arn", false, false, false},
		{"aws_db_instance", "password", true, false, false},
		{"aws_db_instance", "password_wo", true, true, false},
		{"aws_sqs_queue", "region", false, false, true},
	} {
		a := Resource(c.typ).Attribute(c.attribute)
		if a.Sensitive != c.sensitive || a.WriteOnly != c.writeOnly || a.Added != c.added {
			t.Errorf("%s.%s: sensitive %v, write-only %v, added %v", c.typ, c.attribute, a.Sensitive, a.WriteOnly, a.Added)
		}
	}
}

func TestNested(t *testing.T) {
	for _, c := range []struct {
		typ, block string
		mode       Mode
		computed   bool
	}{
		{"aws_iam_role", "inline_policy", Set, true},
		{"aws_eks_cluster", "vpc_config", List, false},
		{"aws_eks_cluster", "timeouts", Single, false},
		{"aws_instance", "root_block_device", List, true},
		{"aws_lambda_function", "vpc_config", List, false},
	} {
		n := Resource(c.typ).Nested(c.block)
		if n == nil || n.Mode != c.mode || n.Computed != c.computed {
			t.Errorf("%s.%s: %+v", c.typ, c.block, n)
		}
	}
	vpc := Resource("aws_eks_cluster").Nested("vpc_config")
	if a := vpc.Block().Attribute("cluster_security_group_id"); a == nil || a.Unset().IsKnown() {
		t.Error("cluster_security_group_id is not computed")
	}
	if a := vpc.Block().Attribute("endpoint_public_access"); a == nil || !a.Unset().RawEquals(cty.True) {
		t.Error("endpoint_public_access is not true by default")
	}
	if ty := vpc.Type(); !ty.IsListType() || !ty.ElementType().HasAttribute("vpc_id") {
		t.Errorf("vpc_config is a %s", ty.FriendlyName())
	}
	issuer := Resource("aws_eks_cluster").Attribute("identity").Type().ElementType().AttributeType("oidc").ElementType()
	if !issuer.HasAttribute("issuer") {
		t.Errorf("identity[0].oidc[0] is %s", issuer.GoString())
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, b := range []*Block{
		Resource("aws_nothing"), Resource("random_id"), Resource("vpc"), Resource(""), Resource("data.x"),
		DataSource("aws_iam_role_policy"), DataSource("http"),
	} {
		if b != nil {
			t.Errorf("%v is there", b.Names())
		}
	}
	role := Resource("aws_iam_role")
	if role.Attribute("nosuch") != nil || role.Nested("nosuch") != nil || role.Attribute("inline_policy") != nil || role.Nested("arn") != nil {
		t.Error("a role has what it has not")
	}
	if older, newer := Versions(); older == "" || newer == "" || older >= newer {
		t.Errorf("versions %q and %q", older, newer)
	}
}

// TestEveryType reads all that is embedded, from many goroutines.
func TestEveryType(t *testing.T) {
	types := Types()
	if len(types) < 2000 {
		t.Errorf("%d types", len(types))
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			seen := map[*Block]bool{}
			for _, typ := range types {
				everything(t, typ, lookup(typ), seen)
			}
		})
	}
	group.Wait()
}

func everything(t *testing.T, path string, b *Block, seen map[*Block]bool) {
	t.Helper()
	if seen[b] {
		return
	}
	seen[b] = true
	for _, name := range b.Names() {
		if n := b.Nested(name); n != nil {
			switch n.Mode {
			case Single, List, Set, Map:
			default:
				t.Errorf("%s.%s: mode %q", path, name, n.Mode)
			}
			everything(t, path+"."+name, n.Block(), seen)
			continue
		}
		a := b.Attribute(name)
		if v := a.Unset(); a.Type() != cty.DynamicPseudoType && !v.Type().Equals(a.Type()) {
			t.Errorf("%s.%s: %#v is not a %s", path, name, v, a.Type().FriendlyName())
		}
	}
}

// BenchmarkFirst measures what the first question about a type costs.
func BenchmarkFirst(b *testing.B) {
	for _, typ := range []string{"aws_iam_role", "aws_eks_cluster", "aws_wafv2_web_acl"} {
		b.Run(typ, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, _, err := opened().Text(typ)
				if err != nil {
					b.Fatal(err)
				}
				newDecoder(text).blocks[0]()
			}
		})
	}
}
