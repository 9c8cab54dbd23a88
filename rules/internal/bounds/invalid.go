package bounds

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/awsmanaged"
)

var accountPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]{12}|aws)$`) })

// maxARN is the longest ARN of a policy that IAM takes, in characters.
const maxARN = 2048

// invalid finds a value that cannot be a boundary of the entity.
func (j *boundaryJudge) invalid(e *iam.Entity) *boundaryFault {
	if !e.Boundary.Set {
		return nil
	}
	f := &boundaryFault{
		rule: Invalid, verdict: lint.Violation, key: "invalid",
		remediation: j.lines.line(e, "Set the ARN of a managed policy"), fix: j.lines.fix(e), location: place(e, e.Boundary),
	}
	if what := notPolicyARN(e.Boundary); what != "" {
		f.message = fmt.Sprintf("the permissions boundary of %s is %s: that is not the ARN of a managed policy", phrase.Entity(e), what)
		return f
	}
	arn, ok := policy.ParseARN(e.Boundary.Text)
	if !ok {
		return nil
	}
	if partition, known := e.Deployment.Partition.Known(); known && arn.Partition.Differs(e.Deployment.Partition) {
		f.message = fmt.Sprintf("the permissions boundary of %s is of the partition %s, but the %s is in %s",
			phrase.Entity(e), arn.Partition, e.Kind, partition)
		return f
	}
	if u, bad := awsmanaged.NotListed(j.pass.Model, e.Boundary.Text); bad {
		f.verdict, f.message, f.remediation = u.Fault(e.Boundary.Text)
		f.fix = nil
		f.message += fmt.Sprintf(", which is the permissions boundary of %s", phrase.Entity(e))
		return f
	}
	account, known := arn.Account.Known()
	if !known || account == "aws" {
		return j.contradicted(e, arn, f)
	}
	if own, known := e.Deployment.Account.Known(); known && own != account {
		f.message = fmt.Sprintf("the permissions boundary of %s is of the account %s, but the %s is in %s%s",
			phrase.Entity(e), account, e.Kind, own, foundBy(e.Deployment))
		return f
	}
	return j.contradicted(e, arn, f)
}

func foundBy(d iam.Deployment) string {
	if d.AccountFrom == "" {
		return ""
	}
	return " (so say " + d.AccountFrom + ")"
}

// contradicted finds boundaries of which not all can be right: they name
// several accounts or partitions, and nothing says which is the entities' own.
func (j *boundaryJudge) contradicted(e *iam.Entity, arn policy.ARN, f *boundaryFault) *boundaryFault {
	f.verdict, f.fix = lint.Undetermined, nil
	if partition, known := arn.Partition.Known(); known {
		if other := j.rivals().other(e.Deployment.Partition, partition); other != nil {
			f.message = fmt.Sprintf("the permissions boundary of %s is of the partition %s and that of %s is of another; nothing says in which "+
				"they are",
				phrase.Entity(e), partition, phrase.Entity(other))
			f.remediation = "Give the provider a region."
			return f
		}
	}
	if account, known := arn.Account.Known(); known && account != "aws" {
		if other := j.rivals().other(e.Deployment.Account, account); other != nil {
			f.message = fmt.Sprintf("the permissions boundary of %s is of the account %s and that of %s is of another; nothing says in which "+
				"account they are",
				phrase.Entity(e), account, phrase.Entity(other))
			f.remediation = "Set account_id in .boundlint.hcl, or allowed_account_ids in the provider."
			return f
		}
	}
	return nil
}

// rivals are, for each account and partition that is not known, the entities
// by what their boundaries say that it is.
type rivals map[*policy.Symbol]map[string]*iam.Entity

// other is the first entity whose boundary says something else.
func (r rivals) other(place policy.Text, said string) *iam.Entity {
	s := place.Symbol()
	if s == nil {
		return nil
	}
	for _, what := range slices.Sorted(maps.Keys(r[s])) {
		if what != said {
			return r[s][what]
		}
	}
	return nil
}

func (j *boundaryJudge) rivals() rivals {
	if j.rival != nil {
		return j.rival
	}
	j.rival = rivals{}
	note := func(place, said policy.Text, e *iam.Entity) {
		s := place.Symbol()
		what, known := said.Known()
		if s == nil || !known || what == "aws" && s.Kind == policy.SymbolAccount {
			return
		}
		if j.rival[s] == nil {
			j.rival[s] = map[string]*iam.Entity{}
		}
		if j.rival[s][what] == nil {
			j.rival[s][what] = e
		}
	}
	for e := range j.pass.Entities() {
		arn, ok := policy.ParseARN(e.Boundary.Text)
		if !ok || !e.Boundary.Set || notPolicyARN(e.Boundary) != "" {
			continue
		}
		note(e.Deployment.Account, arn.Account, e)
		note(e.Deployment.Partition, arn.Partition, e)
	}
	return j.rival
}

// notPolicyARN says what a value is that is certainly no managed policy's
// ARN; it is "" for one that is or may be.
func notPolicyARN(v iam.Value) string {
	if what := documentOrName(v); what != "" {
		return what
	}
	arn, ok := policy.ParseARN(v.Text)
	if !ok {
		return ""
	}
	if service, known := arn.Service.Known(); known && service != "iam" {
		return fmt.Sprintf("the ARN %s, which is of %s", phrase.Boundary(v), orNothing(service))
	}
	if holders.PolicyResource(arn) == policy.False {
		if kind := arn.ResourceType(); kind != "" && kind != "policy" {
			return fmt.Sprintf("the ARN of a %s, %s", kind, phrase.Boundary(v))
		}
		return "the ARN " + phrase.Boundary(v)
	}
	if account, known := arn.Account.Known(); known && !accountPattern().MatchString(account) {
		return fmt.Sprintf("%s, in which %q is not an account", phrase.Boundary(v), account)
	}
	if region, known := arn.Region.Known(); known && region != "" {
		return fmt.Sprintf("%s, in which a region stands", phrase.Boundary(v))
	}
	whole, known := v.Text.Known()
	if !known {
		return ""
	}
	resource, _ := arn.Resource.Known()
	if len(whole) > maxARN || !awsmanaged.IsPolicyResource(resource) {
		return fmt.Sprintf("%s, which is not a well-formed ARN of a policy", phrase.Boundary(v))
	}
	return ""
}

func orNothing(service string) string {
	if service == "" {
		return "no service"
	}
	return service
}

// documentOrName recognises what does not even start as an ARN does.
func documentOrName(v iam.Value) string {
	if s := v.Written.Symbol(); s != nil && s.Kind == policy.SymbolReference && holdsDocument(iam.ResourceType(s.Address), s.Attribute) {
		return "a policy document"
	}
	start := v.Text.Prefix()
	trimmed := strings.TrimLeft(start, " \t\r\n")
	switch {
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		return "a policy document"
	case v.Text.IsKnown() && !strings.HasPrefix(start, "arn:"):
		return fmt.Sprintf("the bare text %q", shorten(v))
	case !holders.MayBeginWith(start, "arn:") && !strings.HasPrefix(start, "arn:"):
		return fmt.Sprintf("the bare text %q", shorten(v))
	}
	if _, ok := policy.ParseARN(v.Text); !ok && v.Text.IsKnown() {
		return fmt.Sprintf("the text %q", shorten(v))
	}
	return ""
}

// holdsDocument reports whether an attribute of a resource or data source holds
// a policy document, whatever it says.
func holdsDocument(resourceType, attribute string) bool {
	switch resourceType {
	case "aws_iam_policy_document":
		return attribute == "json" || attribute == "minified_json"
	case "aws_iam_policy":
		return attribute == "policy"
	}
	return false
}

func shorten(v iam.Value) string {
	const longest = 60
	s := v.String()
	if len(s) > longest {
		return s[:longest] + "..."
	}
	return s
}
