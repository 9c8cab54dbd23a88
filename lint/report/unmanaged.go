package report

import (
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/phrase"
)

// unmanagedSentence says how many roles and users of an account no Terraform
// state manages; "" where nothing was compared.
func unmanagedSentence(in *lint.InputSummary) string {
	switch {
	case in.Unmanaged == nil:
		return ""
	case len(in.Unmanaged) == 0:
		return inputName(in) + ": the Terraform states given manage every role and user."
	}
	return fmt.Sprintf("%s: no Terraform state given manages %d of the %s.",
		inputName(in), len(in.Unmanaged), phrase.Count(len(in.Entities), "role or user", "roles and users"))
}

// unmanaged names what Terraform does not manage.
func (t *text) unmanaged(in *lint.InputSummary) {
	sentence := unmanagedSentence(in)
	if sentence == "" {
		return
	}
	t.line(sentence)
	for i, address := range in.Unmanaged {
		if i == fewUnmanaged && len(in.Unmanaged) > fewUnmanaged+1 && !t.options.Verbose {
			t.line(fmt.Sprintf("  and %d more (--verbose lists them)", len(in.Unmanaged)-i))
			break
		}
		t.line("  " + clean(address))
	}
	t.line("")
}

// fewUnmanaged is how many unmanaged entities text lists.
const fewUnmanaged = 20

// auditUnmanaged is what Terraform does not manage of one account.
type auditUnmanaged struct {
	Sentence  string
	Addresses []string
}

func (a *audit) unmanaged(r *lint.Report) {
	for i := range r.Inputs {
		in := &r.Inputs[i]
		sentence := unmanagedSentence(in)
		if sentence == "" {
			continue
		}
		one := auditUnmanaged{Sentence: sentence}
		for _, address := range in.Unmanaged {
			one.Addresses = append(one.Addresses, clean(address))
		}
		a.Unmanaged = append(a.Unmanaged, one)
	}
}

func (m *markdown) unmanaged(a *audit) {
	if len(a.Unmanaged) == 0 {
		return
	}
	m.line("## Not managed by Terraform")
	m.line("")
	for _, one := range a.Unmanaged {
		m.line("%s", prose(one.Sentence))
		m.line("")
		for _, address := range one.Addresses {
			m.line("- %s", code(address))
		}
		if len(one.Addresses) > 0 {
			m.line("")
		}
	}
}
