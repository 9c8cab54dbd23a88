package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// What is the same in every finding: the class Detection Finding of the Open
// Cybersecurity Schema Framework, https://schema.ocsf.io/1.5.0/classes/detection_finding,
// with the profile cloud.
const (
	ocsfVersion  = "1.5.0"
	ocsfCategory = 2
	ocsfClass    = 2004
	ocsfCreate   = 1
	ocsfNew      = 1
	ocsfRule     = 1  // the type of an analytic
	ocsfAccount  = 10 // the type of an account: AWS Account
)

// The part of a Detection Finding that is written.
type (
	ocsfFinding struct {
		ActivityID   int              `json:"activity_id"`
		ActivityName string           `json:"activity_name"`
		CategoryUID  int              `json:"category_uid"`
		CategoryName string           `json:"category_name"`
		ClassUID     int              `json:"class_uid"`
		ClassName    string           `json:"class_name"`
		TypeUID      int              `json:"type_uid"`
		TypeName     string           `json:"type_name"`
		Time         int64            `json:"time"`
		SeverityID   int              `json:"severity_id"`
		Severity     string           `json:"severity"`
		StatusID     int              `json:"status_id"`
		Status       string           `json:"status"`
		ConfidenceID int              `json:"confidence_id"`
		Confidence   string           `json:"confidence"`
		Message      string           `json:"message"`
		Info         ocsfInfo         `json:"finding_info"`
		Metadata     ocsfMetadata     `json:"metadata"`
		Cloud        ocsfCloud        `json:"cloud"`
		Resources    []ocsfResource   `json:"resources"`
		Evidences    []ocsfEvidence   `json:"evidences,omitempty"`
		Remediation  *ocsfRemediation `json:"remediation,omitempty"`
		Unmapped     ocsfUnmapped     `json:"unmapped"`
	}
	ocsfInfo struct {
		UID         string       `json:"uid"`
		Title       string       `json:"title"`
		Description string       `json:"desc"`
		Created     int64        `json:"created_time"`
		Page        string       `json:"src_url"`
		Analytic    ocsfAnalytic `json:"analytic"`
	}
	ocsfAnalytic struct {
		UID    string `json:"uid"`
		Name   string `json:"name"`
		TypeID int    `json:"type_id"`
		Type   string `json:"type"`
	}
	ocsfMetadata struct {
		Version  string      `json:"version"`
		Profiles []string    `json:"profiles"`
		Product  ocsfProduct `json:"product"`
	}
	ocsfProduct struct {
		Name    string `json:"name"`
		Vendor  string `json:"vendor_name"`
		Version string `json:"version,omitempty"`
		URL     string `json:"url_string"`
	}
	ocsfCloud struct {
		Provider string         `json:"provider"`
		Region   string         `json:"region"`
		Account  *ocsfAccountOf `json:"account,omitempty"`
	}
	ocsfAccountOf struct {
		UID    string `json:"uid"`
		TypeID int    `json:"type_id"`
		Type   string `json:"type"`
	}
	ocsfResource struct {
		UID       string `json:"uid"`
		Name      string `json:"name"`
		Type      string `json:"type"`
		Partition string `json:"cloud_partition"`
		Region    string `json:"region"`
	}
	ocsfEvidence struct {
		Data jsonWitness `json:"data"`
	}
	ocsfRemediation struct {
		Text       string   `json:"desc"`
		References []string `json:"references"`
	}
	// ocsfUnmapped is what the schema has no place for.
	ocsfUnmapped struct {
		Rule          string   `json:"rule"`
		Verdict       string   `json:"verdict"`
		Address       string   `json:"address"`
		Attribute     string   `json:"attribute,omitempty"`
		Place         string   `json:"place,omitempty"`
		Fingerprint   string   `json:"fingerprint"`
		Coverage      string   `json:"coverage"`
		Configuration []string `json:"configuration,omitempty"`
	}
)

// ocsfWriter takes from ASFF in which account and region a finding is, and what
// type of resource an address names.
type ocsfWriter struct {
	*asffWriter
	prints fingerprints
}

// reportOCSF writes a list of Detection Findings.
func reportOCSF(w io.Writer, r *lint.Report, o Options) error {
	ocsf := &ocsfWriter{newASFFWriter(r, o), fingerprints{}}
	out := make([]ocsfFinding, 0, len(r.Findings))
	for i := range r.Findings {
		out = append(out, ocsf.finding(&r.Findings[i]))
	}
	return JSON(w, out)
}

func (w *ocsfWriter) finding(f *lint.Finding) ocsfFinding {
	rule := w.rules[f.Rule]
	if rule == nil {
		rule = &lint.Rule{ID: f.Rule}
	}
	at := w.placeOf(f)
	severity, label := ocsfSeverity(f.Severity, rule)
	out := ocsfFinding{
		ActivityID: ocsfCreate, ActivityName: "Create", CategoryUID: ocsfCategory, CategoryName: "Findings",
		ClassUID: ocsfClass, ClassName: "Detection Finding", TypeUID: ocsfClass*100 + ocsfCreate, TypeName: "Detection Finding: Create",
		Time: w.time(), SeverityID: severity, Severity: label, StatusID: ocsfNew, Status: "New", ConfidenceID: 3, Confidence: "High",
		Message: described(f),
		Info: ocsfInfo{
			UID: w.prints.of(clean(f.Fingerprint), f.Rule, f.Address+"\x00"+f.Message), Title: asffHeading(f, rule), Description: asffProse(f),
			Created: w.time(), Page: RulePage(clean(f.Rule)),
			Analytic: ocsfAnalytic{UID: clean(f.Rule), Name: clean(cmp.Or(rule.Doc.Title, f.Rule)), TypeID: ocsfRule, Type: "Rule"},
		},
		Metadata: ocsfMetadata{
			Version: ocsfVersion, Profiles: []string{"cloud"},
			Product: ocsfProduct{Name: "boundlint", Vendor: "boundlint", Version: clean(w.report.Tool.Version), URL: homepage},
		},
		Cloud:     ocsfCloud{Provider: "AWS", Region: at.region},
		Resources: w.affected(f, at),
		Unmapped: ocsfUnmapped{
			Rule: f.Rule, Verdict: string(f.Verdict), Address: f.Address, Attribute: f.Attribute, Place: Place(f.Location),
			Fingerprint: f.Fingerprint, Coverage: w.coverage, Configuration: w.inForce,
		},
	}
	if f.Verdict == lint.Undetermined {
		out.ConfidenceID, out.Confidence = 0, "Unknown"
	}
	if account := w.accountOf(f); account != unknownAccount {
		out.Cloud.Account = &ocsfAccountOf{UID: account, TypeID: ocsfAccount, Type: "AWS Account"}
	}
	if f.Witness != nil {
		out.Evidences = []ocsfEvidence{{encodeWitness(f.Witness)}}
	}
	if lines := paragraphs(f.Remediation); len(lines) > 0 {
		out.Remediation = &ocsfRemediation{Text: strings.Join(lines, "\n"), References: []string{RulePage(clean(f.Rule))}}
	}
	return out
}

// time is when the report was made, in milliseconds since 1970.
func (w *ocsfWriter) time() int64 {
	if w.options.Now.IsZero() {
		return 0
	}
	return w.options.Now.UnixMilli()
}

// ocsfSeverity is a severity by its number and its name: those of ASFF.
func ocsfSeverity(s lint.Severity, rule *lint.Rule) (id int, name string) {
	switch asffLabel(s, rule) {
	case "CRITICAL":
		return 5, "Critical"
	case "HIGH":
		return 4, "High"
	case "MEDIUM":
		return 3, "Medium"
	}
	return 2, "Low"
}

// affected are the finding's own resource and the related ones, each once.
func (w *ocsfWriter) affected(f *lint.Finding, at asffPlace) []ocsfResource {
	var out []ocsfResource
	for _, r := range w.resources(f, at) {
		out = append(out, ocsfResource{
			UID: r.ID, Name: cmp.Or(r.Details.address(), r.ID), Type: r.Type, Partition: r.Partition, Region: r.Region,
		})
	}
	return out
}

// address is that of the resource, "" where there is none.
func (d *asffDetails) address() string {
	if d == nil {
		return ""
	}
	return d.Other["Address"]
}
