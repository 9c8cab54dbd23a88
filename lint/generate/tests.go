package generate

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// config is what tells boundlint which boundary is approved, and what is named how.
func (d *Delegation) config() []byte {
	o := &d.options
	inAccount := o.Account
	if inAccount == "" {
		inAccount = "*"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "boundary %s {\narns = [\"arn:aws:iam::%s:policy/%s\"]\nreferences = [\"aws_iam_policy.boundary\"]\n}\n",
		quoted(o.label()), inAccount, o.Boundary)
	for _, kind := range o.entities() {
		fmt.Fprintf(&b, "\nnaming \"aws_iam_%s\" {\nname = %s\n}\n", kind, quoted(o.Prefix+"*"))
	}
	return hclwrite.Format([]byte(b.String()))
}

// tests are the review of the boundary: what is allowed within it, and that nobody
// under it gets out, whatever else is allowed.
func (d *Delegation) tests() []byte {
	o := &d.options
	w := &testWriter{options: o}
	w.printf("# What the delegation has to hold, for \"boundlint test\".\n\n")
	w.explain("The worst case: a role with the boundary whose own policies allow everything.")
	w.printf("entity %s {\npolicies = [\"AdministratorAccess\"]\nboundary = %s\n%s}\n\n", quoted(w.sandbox()), w.boundary(), w.pathLine())

	w.printf("test \"workloads run\" {\nas = %s\n", quoted(w.sandbox()))
	for _, name := range o.Services {
		w.printf("allow %s {}\n", quoted(name+":*"))
	}
	w.printf("allow \"iam:CreateRole\" {\nresource = %s\nwith = { \"iam:PermissionsBoundary\" = %s }\n}\n", w.named("role"), w.boundary())
	w.printf("}\n\n")

	w.printf("test \"nothing is created or changed without the boundary\" {\n%s", w.holders())
	for _, action := range o.boundActions() {
		w.printf("deny %s { unless = { \"iam:PermissionsBoundary\" = %s } }\n", quoted(action), w.boundary())
	}
	w.printf("}\n\n")

	w.printf("test \"the boundary stays\" {\n%s", w.holders())
	for _, action := range []string{"CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"} {
		w.printf("deny %s { resource = \"aws_iam_policy.boundary\" }\n", quoted("iam:"+action))
	}
	w.printf("deny \"iam:DeleteRolePermissionsBoundary\" {}\ndeny \"iam:DeleteUserPermissionsBoundary\" {}\n")
	w.printf("cannot_reach = [\"administrator\"]\n}\n\n")
	w.ownOnly()
	if len(o.Regions) > 0 {
		w.printf("\ntest \"nothing is done in other regions\" {\n%s", w.holders())
		w.regions()
		w.printf("}\n")
	}
	return hclwrite.Format([]byte(w.String()))
}

// testWriter writes policy tests.
type testWriter struct {
	strings.Builder
	options *Options
}

func (w *testWriter) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *testWriter) explain(text string) {
	if w.options.Explain {
		w.printf("# %s\n", text)
	}
}

// sandbox is the name of the role that the tests describe.
func (w *testWriter) sandbox() string { return w.options.Prefix + "sandbox" }

func (w *testWriter) boundary() string { return "boundary." + w.options.label() }

// identifier is what HCL takes for a name after a dot.
var identifier = lazy.Regexp(`^[A-Za-z][A-Za-z0-9_-]*$`)

// label is what the configuration and the tests call the boundary.
func (o *Options) label() string {
	if identifier().MatchString(o.Boundary) {
		return o.Boundary
	}
	return "delegated"
}

func (w *testWriter) pathLine() string {
	if w.options.Path == "/" {
		return ""
	}
	return "path = " + quoted(w.options.Path) + "\n"
}

// holders are all holders of the boundary.
func (w *testWriter) holders() string {
	p := w.options.Prefix
	return fmt.Sprintf("as = [%s, %s, %s]\n", quoted(w.sandbox()), quoted(p+developersName), quoted(p+exampleName))
}

// named is the pattern of what developers have of a type.
func (w *testWriter) named(kind string) string {
	return quoted("arn:aws:iam::*:" + kind + w.options.Path + w.options.Prefix + "*")
}

// ownOnly tests that what acts with roles is kept to the developers' own.
func (w *testWriter) ownOnly() {
	o := w.options
	w.printf("test \"only what has the prefix\" {\n%s", w.holders())
	w.printf("deny \"iam:CreateRole\" { not_resource = %s }\n", w.named("role"))
	if o.Users {
		w.printf("deny \"iam:CreateUser\" { not_resource = %s }\n", w.named("user"))
	} else {
		w.printf("deny \"iam:CreateUser\" {}\n")
	}
	w.printf("deny \"iam:CreatePolicyVersion\" { not_resource = %s }\n", w.named("policy"))
	if list := o.principals(); len(list) > 0 {
		w.printf("deny \"iam:PassRole\" { not_resource = %s }\n", w.named("role"))
		w.printf("deny \"iam:PassRole\" { unless = { \"iam:PassedToService\" = %s } }\n", hclValues(list))
	} else {
		w.printf("deny \"iam:PassRole\" {}\n")
	}
	for _, name := range o.Services {
		x := services[name]
		for _, action := range x.byName {
			w.printf("deny %s { resource = %s }\n", quoted(action), hclValues(o.others(x.own)))
		}
		for _, action := range x.never {
			w.printf("deny %s {}\n", quoted(action))
		}
	}
	w.printf("}\n")
}

// others are ARNs like those of the developers' own, with another name. They are in
// full: how a wildcard for the region in an ARN takes those with more colons is not
// documented, so that not every ARN is determined.
func (o *Options) others(own []string) []string {
	name := "other"
	if strings.HasPrefix(name, o.Prefix) {
		name = "another"
	}
	in := strings.NewReplacer("*:"+account, "eu-west-1:"+o.account(), "PREFIX*", name)
	var out []string
	for _, arn := range own {
		out = append(out, in.Replace(arn))
	}
	return out
}

// regions tests each service that has regions.
func (w *testWriter) regions() {
	elsewhere := w.options.elsewhere()
	for _, name := range w.options.Services {
		if !strings.Contains(strings.Join(elsewhere.notActions, " "), name+":*") {
			w.printf("deny %s { unless = { %q = %s } }\n", quoted(name+":*"), elsewhere.key, hclValues(elsewhere.values))
		}
	}
}
