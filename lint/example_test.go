package lint_test

import (
	"fmt"
	"log"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A rule is data and one function. It judges one model at a time and reports to
// its pass.
func ExampleRule() {
	tooLong := &lint.Rule{
		ID: "name-too-long", Severity: lint.Warning, Leg: lint.Hygiene,
		Run: func(p *lint.Pass) error {
			for e := range p.Entities() {
				if name, known := e.Name.Known(); known && len(name) > 20 {
					p.Report(lint.Finding{Address: e.Address, Message: fmt.Sprintf("The name %s is long.", name)})
				}
			}
			return nil
		},
	}
	name := iam.Value{Text: policy.Literal("app-that-moves-the-invoices"), Set: true}
	model := &iam.Model{Entities: []*iam.Entity{{Declared: iam.Declared{Address: "aws_iam_role.invoices"}, Name: name}}}
	pass := lint.NewPass(tooLong, model, nil, nil, func(f lint.Filed) { fmt.Println(f.Severity, f.Rule, f.Address, f.Message) })
	if err := tooLong.Run(pass); err != nil {
		log.Fatal(err)
	}
	// Output: warning name-too-long aws_iam_role.invoices The name app-that-moves-the-invoices is long.
}
