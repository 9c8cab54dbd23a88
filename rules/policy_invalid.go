package rules

import (
	"iter"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/validity"
)

// PolicyInvalid reports what IAM refuses in a policy document, and what names
// nothing that exists.
var PolicyInvalid = &lint.Rule{
	ID:       "policy-invalid",
	Severity: lint.Error,
	Leg:      lint.Hygiene,
	Doc: lint.Doc{
		Title: "A policy document that IAM refuses, or that names what does not exist",
		What: `Every policy document of the input is read as IAM reads it: managed and inline policies, trust policies, resource and ` +
			`organization policies, documents of the configuration, and data sources whose document no principal holds. ` +
			`Reported at their place are faults of the grammar (a key written twice, unknown elements, a wrong Effect, Action beside NotAction, a ` +
			`Principal in an identity-based policy, Sids and ARNs of a wrong shape, unknown condition operators), actions, services and condition ` +
			`keys that are misspelt, keys that none of the statement's actions supplies, and conditions that no request can meet: an operator ` +
			`that does not read the key's type, a value that no request has, a claim of another identity provider. ` +
			`So are resources that no action of the statement acts on, ARNs without the account or region that they need or with one that they ` +
			`must not have, and principals of a trust policy that cannot use its action, and attached AWS-managed policies that AWS does not ` +
			`have. ` +
			`What AWS does not document (a multi-valued key without ForAnyValue or ForAllValues, a wildcard in the part of an ARN that names the ` +
			`resource type) and names that AWS's lists do not have yet are undetermined.`,
		Why: `A document that IAM refuses stops the apply half-way. One that it takes and that names nothing is worse: a misspelt action in an ` +
			`Allow is dead, in a Deny it is a hole, and a condition on a key that the request never carries holds never, or always. IAM says ` +
			`nothing about either.`,
		Blind: `The lists of actions and keys are those of the day the finding names: AWS adds to them almost daily. What is certainly ` +
			`refused, or is a name of theirs misspelt, is an error; what never matches and what is odd is a warning; what may only be too new is ` +
			`undetermined. Which resources an action acts on is judged for a Deny of the services that boundaries are about, for an Allow of ` +
			`IAM's and STS's actions, and for one of S3, KMS, SNS, SQS and Secrets Manager where the statement grants nothing at all. Of a ` +
			`document that no principal holds only errors are reported. ` +
			`Where part of a name is known after apply, it is not judged. Documents of policies that are only looked up were taken by IAM already ` +
			`and are not read again.`,
		Fix: `Write what the finding suggests; the nearest name that exists is given where there is one. If the action is newer than ` +
			`the list, exempt the finding or set the rule's severity.`,
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
			"https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
		},
		Security: "5.0",
	},
	Run: func(p *lint.Pass) error {
		// Of documents with the same statements one is judged, if it has no fault.
		type read struct {
			first *policy.Statement
			kind  policy.Kind
		}
		faultless := map[read]*policy.Document{}
		judge := validity.NewJudge(p)
		for d := range writtenDocuments(p) {
			p.Check()
			of := read{kind: d.Kind}
			if list := d.Statements; len(list) > 0 {
				of.first = list[0]
			}
			if like := faultless[of]; like != nil && of.first != nil && holders.SameDocument(like, d.Document.Document) && len(d.Diagnostics) == 0 {
				continue
			}
			if judge.Document(d) {
				faultless[of] = d.Document.Document
			}
		}
		validity.JudgeAttachments(p)
		return nil
	},
}

// writtenDocuments visits the documents of the model whose holders stay, and
// those of the settings.
func writtenDocuments(p *lint.Pass) iter.Seq[iam.PlacedDocument] {
	return func(yield func(iam.PlacedDocument) bool) {
		for d := range p.Model.AllDocuments() {
			if d.Document.Document != nil && !d.Gone && !yield(d) {
				return
			}
		}
		for i := range p.Settings.Boundaries {
			b := &p.Settings.Boundaries[i]
			if b.Document != nil && !yield(iam.PlacedDocument{Document: b.Document, Kind: policy.IdentityPolicy, Address: "boundary." + b.Name}) {
				return
			}
		}
		for _, o := range p.Settings.OrganizationPolicies {
			if o.Document != nil && !yield(iam.PlacedDocument{Document: o.Document, Kind: o.Kind(), Address: o.Address}) {
				return
			}
		}
	}
}
