package tfconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// otherTool is a tool whose files describe infrastructure too, and are not
// read: a report says so, or "no violations" would claim more than was looked
// at.
type otherTool struct {
	name string
	// files are the names of its files, or how they end where they begin with
	// a dot.
	files []string
	// advice is what to do about it.
	advice string
	// beside tells that it is spoken of beside Terraform's configuration as
	// well, for it runs Terraform.
	beside bool
}

// otherTools are the tools that are known, in the order in which they are
// spoken of.
var otherTools = []otherTool{
	{
		name: "Terragrunt", beside: true,
		files:  []string{"terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"},
		advice: "run terragrunt run --all plan --json-out-dir plans, and lint the plans",
	},
	{
		name: "Terraform Stacks", beside: true,
		files:  []string{".tfcomponent.hcl", ".tfcomponent.json", ".tfstack.hcl", ".tfstack.json", ".tfdeploy.hcl", ".tfdeploy.json"},
		advice: "lint the state of its deployments or a dump of the account",
	},
	{
		name: "CDK for Terraform", beside: true,
		files: []string{"cdktf.json"}, advice: "run cdktf synth, and lint the directories below cdktf.out/stacks",
	},
	{name: "Pulumi", files: []string{"Pulumi.yaml", "Pulumi.yml"}, advice: "lint a dump of the account"},
	{name: "the AWS CDK", files: []string{"cdk.json"}, advice: "lint a dump of the account"},
	{
		name: "the Serverless Framework", files: []string{"serverless.yml", "serverless.yaml", "serverless.json"},
		advice: "lint a dump of the account",
	},
	{
		name: "CloudFormation",
		files: []string{
			"template.yaml", "template.yml", "template.json", "samconfig.toml", ".template", ".template.yaml", ".template.yml",
			".template.json",
		},
		advice: "lint a dump of the account",
	},
}

// otherToolOf is the tool that a file belongs to by its name, "" for none.
func otherToolOf(name string) string {
	i := slices.IndexFunc(otherTools, func(t otherTool) bool {
		return slices.ContainsFunc(t.files, func(file string) bool {
			return name == file || strings.HasPrefix(file, ".") && strings.HasSuffix(name, file)
		})
	})
	if i < 0 {
		return ""
	}
	return otherTools[i].name
}

// tellOthers names the files of other tools. Where nothing is there to be
// checked, that of any tool explains it.
func (s *scan) tellOthers(m *iam.Model) {
	for _, t := range otherTools {
		files := s.found.others[t.name]
		if len(files) == 0 || !t.beside && !m.Input.Nothing || t.name == "CDK for Terraform" && s.synthesized() {
			continue
		}
		m.Diagnostics = append(m.Diagnostics, iam.Diagnostic{
			Summary: fmt.Sprintf("the configuration of %s is not read (%s): %s", t.name, s.list(files), t.advice),
		})
	}
}

// synthesized reports whether what CDK for Terraform writes is among what is
// read.
func (s *scan) synthesized() bool {
	return slices.ContainsFunc(s.found.modules, func(dir string) bool { return slices.Contains(strings.Split(dir, "/"), "cdktf.out") })
}

// listed is how many paths a sentence names.
const listed = 3

// list names paths of the tree, the first ones and how many more there are.
func (s *scan) list(paths []string) string {
	var names []string
	for _, p := range paths[:min(len(paths), listed)] {
		names = append(names, s.loader.tree.display(p))
	}
	text := strings.Join(names, ", ")
	if n := len(paths) - listed; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
