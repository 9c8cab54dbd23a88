package generate

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// File is one file of what is written.
type File struct {
	Name    string
	Content []byte
}

// The files of a delegation in Terraform.
const (
	TerraformFile = "delegation.tf"
	TestsFile     = "delegation.boundlint-test.hcl"
	ConfigFile    = ".boundlint.hcl"
)

// Terraform is the delegation as configuration, with the policy tests and the
// configuration of boundlint beside it.
func (d *Delegation) Terraform() []File {
	policyOf := map[string]string{
		"boundary":  d.encode(d.boundary, true),
		"policy":    d.encode(d.developers, false), // each statement is one of the boundary's
		"trust":     d.encode(d.trust, true),
		"exampleOf": d.encode(d.exampleTrust, true),
	}
	return []File{
		{TerraformFile, d.terraform(policyOf)},
		{TestsFile, d.tests()},
		{ConfigFile, d.config()},
	}
}

// terraform is the configuration with these expressions for the documents.
func (d *Delegation) terraform(policyOf map[string]string) []byte {
	o := &d.options
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("# A delegation under the permissions boundary %s, written by \"boundlint generate delegation\".\n\n", o.Boundary)
	if o.Account == "" {
		say("data \"aws_caller_identity\" \"current\" {}\n\n")
	}
	say("locals {\n")
	if o.Account == "" {
		say("account_id = data.aws_caller_identity.current.account_id\n")
	} else {
		say("account_id = %s\n", quoted(o.Account))
	}
	d.explain(&b, "Written in full, because the document of the boundary names the boundary.")
	say("boundary_arn = \"arn:aws:iam::${local.account_id}:policy/%s\"\n}\n\n", o.Boundary)

	d.explain(&b, "The most that any holder of the boundary can do. Apply this as a principal that does not have the boundary.")
	say("resource \"aws_iam_policy\" \"boundary\" {\nname = %s\npolicy = %s\n}\n\n", quoted(o.Boundary), policyOf["boundary"])

	d.explain(&b, "What developers are allowed: the same as the boundary allows, for the same reasons. "+
		"What the boundary denies is denied to them, too.")
	say("resource \"aws_iam_policy\" \"developers\" {\n%spolicy = %s\n}\n\n", d.nameAndPath(developersName, o.ownerPath()), policyOf["policy"])

	d.explain(&b, "Developers have the boundary themselves. Their role and its policy are outside of the path and names that they can change.")
	say("resource \"aws_iam_role\" \"developers\" {\n%spermissions_boundary = aws_iam_policy.boundary.arn\nassume_role_policy = %s\n}\n\n",
		d.nameAndPath(developersName, o.ownerPath()), policyOf["trust"])
	say("resource \"aws_iam_role_policy_attachment\" \"developers\" {\n" +
		"role = aws_iam_role.developers.name\npolicy_arn = aws_iam_policy.developers.arn\n}\n\n")

	d.explain(&b, "A role as developers create them: with the prefix, the path and the boundary. Its policies are up to them.")
	say("resource \"aws_iam_role\" \"example\" {\n%spermissions_boundary = aws_iam_policy.boundary.arn\nassume_role_policy = %s\n}\n",
		d.nameAndPath(exampleName, o.Path), policyOf["exampleOf"])
	return hclwrite.Format([]byte(b.String()))
}

func (d *Delegation) nameAndPath(name, path string) string {
	out := "name = " + quoted(d.options.Prefix+name) + "\n"
	if path != "/" {
		out += "path = " + quoted(path) + "\n"
	}
	return out
}

// explain writes a comment, where comments are asked for.
func (d *Delegation) explain(b *strings.Builder, text string) {
	const width = 90
	if !d.options.Explain {
		return
	}
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+len(word) >= width {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// encode is a document as an expression of Terraform, with the reason for each
// statement or without.
func (d *Delegation) encode(doc document, reasons bool) string {
	var b strings.Builder
	b.WriteString("jsonencode({\nVersion = \"2012-10-17\"\nStatement = [\n")
	for i := range doc {
		s := &doc[i]
		b.WriteString("{\n")
		if reasons {
			d.explain(&b, s.why)
		}
		b.WriteString("Sid = " + quoted(s.sid) + "\nEffect = " + quoted(s.effect) + "\n")
		if s.principalType != "" {
			b.WriteString("Principal = { " + s.principalType + " = " + hclValues(s.principals) + " }\n")
		}
		for _, e := range s.elements() {
			b.WriteString(e.name + " = " + hclValues(e.values) + "\n")
		}
		if s.operator != "" {
			b.WriteString("Condition = { " + s.operator + " = { " + quoted(s.key) + " = " + hclValues(s.values) + " } }\n")
		}
		b.WriteString("},\n")
	}
	b.WriteString("]\n})")
	return b.String()
}

// hclValues is one value, or a list of them: on one line while that is short.
func hclValues(values []string) string {
	const width = 70
	out := make([]string, len(values))
	length := 0
	for i, v := range values {
		out[i] = quoted(strings.ReplaceAll(v, account, "${local.account_id}"))
		if v == boundary {
			out[i] = "local.boundary_arn"
		}
		length += len(out[i]) + len(", ")
	}
	switch {
	case len(out) == 1:
		return out[0]
	case length < width:
		return "[" + strings.Join(out, ", ") + "]"
	}
	return "[\n" + strings.Join(out, ",\n") + ",\n]"
}
