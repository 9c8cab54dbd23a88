package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Limits of the AWS Security Finding Format, in characters and items, as the
// API of Security Hub documents them.
const (
	asffTitle       = 256
	asffDescription = 1024
	asffText        = 512
	asffID          = 512
	asffKey         = 128
	asffValue       = 1024
	asffResources   = 32
	asffControls    = 32
	asffFiles       = 10 // ProductFields has room for 50 fields
)

// The part of AwsSecurityFinding that is written.
type (
	asffFinding struct {
		SchemaVersion         string            `json:"SchemaVersion"`
		ID                    string            `json:"Id"`
		ProductArn            string            `json:"ProductArn"`
		ProductName           string            `json:"ProductName"`
		CompanyName           string            `json:"CompanyName"`
		Region                string            `json:"Region"`
		GeneratorID           string            `json:"GeneratorId"`
		AwsAccountID          string            `json:"AwsAccountId"`
		Types                 []string          `json:"Types"`
		CreatedAt             string            `json:"CreatedAt"`
		UpdatedAt             string            `json:"UpdatedAt"`
		Severity              asffSeverity      `json:"Severity"`
		Title                 string            `json:"Title"`
		Description           string            `json:"Description"`
		Remediation           asffRemediation   `json:"Remediation"`
		ProductFields         map[string]string `json:"ProductFields"`
		Resources             []asffResource    `json:"Resources"`
		Compliance            asffCompliance    `json:"Compliance"`
		RecordState           string            `json:"RecordState"`
		FindingProviderFields asffProvider      `json:"FindingProviderFields"`
	}
	asffSeverity struct {
		Label    string `json:"Label"`
		Original string `json:"Original"`
	}
	asffRemediation struct {
		Recommendation asffRecommendation `json:"Recommendation"`
	}
	asffRecommendation struct {
		Text string `json:"Text,omitempty"`
		URL  string `json:"Url"`
	}
	asffResource struct {
		Type      string       `json:"Type"`
		ID        string       `json:"Id"`
		Partition string       `json:"Partition"`
		Region    string       `json:"Region"`
		Details   *asffDetails `json:"Details,omitempty"`
	}
	asffDetails struct {
		Other map[string]string `json:"Other"`
	}
	asffCompliance struct {
		Status              string   `json:"Status"`
		RelatedRequirements []string `json:"RelatedRequirements,omitempty"`
	}
	asffProvider struct {
		Severity asffSeverity `json:"Severity"`
		Types    []string     `json:"Types"`
	}
)

// asffWriter holds what the findings have in common.
type asffWriter struct {
	report   *lint.Report
	rules    map[string]*lint.Rule
	entities map[where]*lint.EntitySummary
	options  Options
	now      string
	coverage string
	inForce  []string
}

func newASFFWriter(r *lint.Report, o Options) *asffWriter {
	return &asffWriter{
		report: r, rules: rulesByID(r), entities: entitiesByAddress(r), options: o,
		coverage: coverageOf(r.Coverage, r.Inputs, noNames), inForce: inForceLines(&r.InForce, someNames),
	}
}

// reportASFF writes a list of findings as `aws securityhub
// batch-import-findings --findings file://` takes it, at most a hundred at a
// time.
func reportASFF(w io.Writer, r *lint.Report, o Options) error {
	a := newASFFWriter(r, o)
	a.now = o.Now.UTC().Format("2006-01-02T15:04:05.000Z")
	if o.Now.IsZero() {
		a.now = time.Unix(0, 0).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	out := make([]asffFinding, 0, len(r.Findings))
	for i := range r.Findings {
		out = append(out, a.finding(&r.Findings[i]))
	}
	return JSON(w, out)
}

// unknownAccount stands for an account that is not known: the format demands
// one, no account has this number, and Security Hub refuses it rather than
// file the finding in the wrong place.
const unknownAccount = "000000000000"

func (a *asffWriter) finding(f *lint.Finding) asffFinding {
	account := a.accountOf(f)
	at := a.placeOf(f)
	rule := a.rules[f.Rule]
	if rule == nil {
		rule = &lint.Rule{ID: f.Rule}
	}
	severity := asffSeverity{Label: asffLabel(f.Severity, rule), Original: f.Severity.String()}
	types := asffTypes(rule)
	out := asffFinding{
		SchemaVersion: "2018-10-08",
		ID:            limit(fmt.Sprintf("boundlint/%s/%s/%s", account, clean(f.Rule), clean(f.Fingerprint)), asffID),
		ProductArn:    fmt.Sprintf("arn:%s:securityhub:%s:%s:product/%s/default", at.partition, at.region, account, account),
		ProductName:   "boundlint", CompanyName: "boundlint", Region: at.region,
		GeneratorID: limit("boundlint/"+clean(f.Rule), asffID), AwsAccountID: account,
		Types: types, CreatedAt: a.now, UpdatedAt: a.now, Severity: severity,
		Title:       limit(asffHeading(f, rule), asffTitle),
		Description: limit(asffProse(f), asffDescription),
		Remediation: asffRemediation{asffRecommendation{
			Text: limit(strings.Join(paragraphs(f.Remediation), "\n"), asffText),
			URL:  RulePage(clean(f.Rule)),
		}},
		ProductFields: a.fields(f),
		Resources:     a.resources(f, at),
		Compliance:    asffCompliance{Status: "FAILED"},
		RecordState:   "ACTIVE",

		FindingProviderFields: asffProvider{Severity: severity, Types: types},
	}
	if f.Verdict == lint.Undetermined {
		out.Compliance.Status = "WARNING"
	}
	for i, control := range rule.Doc.Controls {
		if c := clean(control); i < asffControls && strings.TrimSpace(c) != "" {
			out.Compliance.RelatedRequirements = append(out.Compliance.RelatedRequirements, c)
		}
	}
	return out
}

// limit cuts a text to a number of characters; text of nothing but blanks,
// which the format refuses, becomes none.
func limit(s string, characters int) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > characters {
		return string(r[:characters-1]) + "…"
	}
	return s
}

// accountOf is the account of the finding: that of its ARN in an account
// dump, of its input, the one from the options, or unknownAccount.
func (a *asffWriter) accountOf(f *lint.Finding) string {
	if account := arnAccount(f.Address); account != "" {
		return account
	}
	if f.Input >= 0 && f.Input < len(a.report.Inputs) && policy.IsAccountID(a.report.Inputs[f.Input].Account) {
		return a.report.Inputs[f.Input].Account
	}
	if policy.IsAccountID(a.options.Account) {
		return a.options.Account
	}
	return unknownAccount
}

// arnAccount is the account in an ARN, "" in any other text.
func arnAccount(s string) string {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) == 6 && parts[0] == "arn" && policy.IsAccountID(parts[4]) {
		return parts[4]
	}
	return ""
}

// asffPlace is the Security Hub that takes a finding: BatchImportFindings of
// one region refuses those of another.
type asffPlace struct{ partition, region string }

// placeOf is where the finding's input is deployed to. What the input does not
// tell the options do, as long as they do not contradict it, and else it is
// the region of IAM.
func (a *asffWriter) placeOf(f *lint.Finding) asffPlace {
	var in lint.InputSummary
	if f.Input >= 0 && f.Input < len(a.report.Inputs) {
		in = a.report.Inputs[f.Input]
	}
	partition, known := policy.PartitionNamed(in.Partition)
	if arn, ok := policy.ParseARN(policy.Literal(f.Address)); ok {
		if p, ok := policy.PartitionNamed(arn.Partition.String()); ok {
			partition, known = p, true
		}
	}
	for _, region := range []string{in.Region, a.options.Region} {
		if own := policy.PartitionOf(region); policy.IsRegion(region) && (!known || own.Name == partition.Name) {
			return asffPlace{own.Name, region}
		}
	}
	if !known {
		partition = policy.PartitionOf("")
	}
	return asffPlace{partition.Name, partition.IAMRegion}
}

// asffLabel is the severity in Security Hub's words: an error of a rule whose
// security-severity is at least 9 is critical, as GitHub has it too.
func asffLabel(s lint.Severity, rule *lint.Rule) string {
	switch s {
	case lint.Error:
		if weight(rule) >= 9 {
			return "CRITICAL"
		}
		return "HIGH"
	case lint.Warning:
		return "MEDIUM"
	case lint.Note:
		return "LOW"
	}
	return "LOW"
}

func asffTypes(rule *lint.Rule) []string {
	types := []string{"Software and Configuration Checks/AWS Security Best Practices/Permissions Boundaries"}
	if rule.Topic == lint.EscalationTopic {
		types = append(types, "TTPs/Privilege Escalation")
	}
	return types
}

func asffHeading(f *lint.Finding, rule *lint.Rule) string {
	title := rule.Doc.Title
	if title == "" {
		title = f.Rule
	}
	title = clean(title) + ": " + clean(f.Address)
	if f.Verdict == lint.Undetermined {
		return "Undetermined: " + title
	}
	return title
}

// asffProse is the message with its proof and steps; the remediation has a
// place of its own.
func asffProse(f *lint.Finding) string {
	without := *f
	without.Remediation = ""
	if text := strings.TrimSpace(annotation(&without)); text != "" {
		return text
	}
	return clean(f.Rule)
}

// fields are further facts by which findings can be filtered.
func (a *asffWriter) fields(f *lint.Finding) map[string]string {
	fields := map[string]string{}
	set := func(key, value string) {
		if value = limit(clean(value), asffValue); value != "" {
			fields[limit("boundlint/"+key, asffKey)] = value
		}
	}
	set("rule", f.Rule)
	set("verdict", string(f.Verdict))
	set("address", f.Address)
	set("attribute", f.Attribute)
	set("place", Place(f.Location))
	set("fingerprint", f.Fingerprint)
	set("version", a.report.Tool.Version)
	set("coverage", a.coverage)
	for i, line := range a.inForce[:min(len(a.inForce), asffFiles)] {
		set(fmt.Sprintf("configuration/%d", i+1), line)
	}
	if a.accountOf(f) == unknownAccount {
		set("account", "not known: set account_id in .boundlint.hcl")
	}
	if f.Witness != nil {
		set("proof", witnessSentence(f.Witness))
	}
	return fields
}

// resources are the finding's own resource and the related ones.
func (a *asffWriter) resources(f *lint.Finding, at asffPlace) []asffResource {
	var out []asffResource
	seen := map[string]bool{}
	add := func(address string, l iam.Location) {
		if strings.TrimSpace(address) == "" || seen[address] || len(out) == asffResources {
			return
		}
		seen[address] = true
		out = append(out, a.resource(f.Input, address, l, at))
	}
	add(f.Address, f.Location)
	for i := range f.Related {
		add(f.Related[i].Address, f.Related[i].Location)
	}
	if len(out) == 0 {
		out = append(out, asffResource{Type: "Other", ID: "boundlint", Partition: at.partition, Region: at.region})
	}
	return out
}

func (a *asffWriter) resource(input int, address string, l iam.Location, at asffPlace) asffResource {
	out := asffResource{Type: resourceType(address), ID: limit(clean(address), asffID), Partition: at.partition, Region: at.region}
	other := map[string]string{"Address": limit(clean(address), asffValue)}
	if e := a.entities[where{input, address}]; e != nil {
		if arn := limit(clean(e.ARN), asffID); arn != "" {
			out.ID = arn
		}
		switch e.Kind {
		case iam.Role:
			out.Type = "AwsIamRole"
		case iam.User:
			out.Type = "AwsIamUser"
		case iam.PermissionSet:
			// Security Hub has no type of it; what the address tells stands.
		}
		other["Boundary"] = "none"
		if b := limit(clean(e.Boundary), asffValue); b != "" {
			other["Boundary"] = b
		}
	}
	if p := Place(l); p != "" {
		other["Place"] = limit(clean(p), asffValue)
	}
	out.Details = &asffDetails{Other: other}
	return out
}

// resourceType tells by the resource type in an address, or by the ARN, what
// Security Hub calls it.
func resourceType(address string) string {
	for _, t := range []struct{ terraform, arn, name string }{
		{"iam_role", ":role/", "AwsIamRole"},
		{"iam_user", ":user/", "AwsIamUser"},
		{"iam_group", ":group/", "AwsIamGroup"},
		{"iam_policy", ":policy/", "AwsIamPolicy"},
	} {
		plain := "." + withoutInstances(address)
		if strings.Contains(plain, ".aws_"+t.terraform+".") || strings.Contains(plain, ".awscc_"+t.terraform+".") ||
			strings.HasPrefix(address, "arn:") && strings.Contains(address, t.arn) {
			return t.name
		}
	}
	return "Other"
}
