package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/phrase"
)

// inForceLines say what else decided what is reported: one line for each
// configuration file and baseline, and one each for comments and for directories
// that the command line leaves out. Of each list they have up to n names.
func inForceLines(f *lint.InForce, n naming) []string {
	var lines []string
	for i := range f.Configurations {
		what := "configuration: "
		if f.Configurations[i].Policy {
			what = "policy: "
		}
		lines = append(lines, what+configurationText(&f.Configurations[i], n))
	}
	if len(f.Ignores) > 0 {
		ignores := each(f.Ignores, func(i *lint.IgnoreInForce) string {
			facts := []string{phrase.Count(i.Findings, "finding", "findings")}
			if i.Until != "" {
				facts = append(facts, "until "+i.Until)
			}
			return i.Rule + " at " + Place(i.Location) + " (" + strings.Join(facts, ", ") + ")"
		})
		lines = append(lines, "ignored by comments: "+n.some(ignores))
	}
	for _, b := range f.Baselines {
		lines = append(lines, fmt.Sprintf("baseline: %s (sha256 %s); it has %s, %d found again",
			b.File, b.Digest, phrase.Count(b.Entries, "finding", "findings"), b.Findings))
	}
	for _, rev := range f.Revisions {
		lines = append(lines, fmt.Sprintf("compared with: %s (commit %s); it has %s, %d found again",
			rev.Name, rev.Commit, phrase.Count(rev.Entries, "finding", "findings"), rev.Findings))
	}
	if len(f.Exclude) > 0 {
		lines = append(lines, "left out by --exclude: "+n.some(quoted(f.Exclude)))
	}
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return lines
}

// some are the first names of a list, and the number of the rest.
func (n naming) some(names []string) string {
	if n == allNames || len(names) <= int(n)+1 {
		return strings.Join(names, ", ")
	}
	if n == noNames {
		return fmt.Sprint(len(names))
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-int(n))
}

func quoted(list []string) []string {
	return each(list, func(s *string) string { return `"` + *s + `"` })
}

// configurationText is one file and what it switches off.
func configurationText(c *lint.Configuration, n naming) string {
	file := func(f *lint.FileDigest) string { return f.File + " (sha256 " + f.Digest + ")" }
	parts := []string{file(&c.FileDigest)}
	add := func(what string, names []string) {
		if len(names) > 0 {
			parts = append(parts, what+" "+n.some(names))
		}
	}
	add("locks", c.Locks)
	if c.Preset != "" {
		add("preset", []string{c.Preset})
	}
	add("turns off", c.Off)
	add("lowers", each(c.Lowered, func(l *lint.Lowered) string {
		return fmt.Sprintf("%s from %s to %s", l.Rule, l.From, l.To)
	}))
	add("exempts", each(c.Exemptions, exemptionText))
	add("trusts", each(c.Trusted, func(t *lint.Trusted) string { return `"` + t.Pattern + `"` }))
	add("approves as boundary", each(c.Boundaries, func(b *lint.ApprovedBoundary) string { return b.Name }))
	add("names", each(c.Naming, func(set *lint.Naming) string {
		asked := set.Type
		if set.Name != "" {
			asked += ` "` + set.Name + `"`
		}
		if set.Path != "" {
			asked += ` in "` + set.Path + `"`
		}
		return asked
	}))
	add("leaves out", quoted(c.Exclude))
	add("reads", each(c.Documents, file))
	return strings.Join(parts, "; ")
}

func exemptionText(e *lint.ExemptionInForce) string {
	facts := []string{phrase.Count(e.Findings, "finding", "findings")}
	switch {
	case e.Expired:
		facts = []string{"ended on " + e.Until.Format(time.DateOnly)}
	case !e.Until.IsZero():
		facts = append(facts, "until "+e.Until.Format(time.DateOnly))
	}
	return fmt.Sprintf(`"%s" from %s (%s)`, e.Pattern, strings.Join(e.Rules, " and "), strings.Join(facts, ", "))
}

// The JSON of what was in force.
type (
	jsonInForce struct {
		Files     []jsonConfiguration `json:"files"`
		Ignores   []jsonIgnore        `json:"ignores"`
		Baselines []jsonBaseline      `json:"baselines,omitempty"`
		Revisions []jsonRevision      `json:"revisions,omitempty"`
		Exclude   []string            `json:"exclude"`
	}
	jsonConfiguration struct {
		jsonFile
		Policy     bool            `json:"policy,omitempty"`
		Locks      []string        `json:"locks,omitempty"`
		Documents  []jsonFile      `json:"documents"`
		Preset     string          `json:"preset,omitempty"`
		Off        []string        `json:"off"`
		Lowered    []jsonLowered   `json:"lowered"`
		Exempt     []jsonExemption `json:"exempt"`
		Trusted    []jsonTrusted   `json:"trusted"`
		Boundaries []jsonApproved  `json:"boundaries"`
		Naming     []jsonNaming    `json:"naming"`
		Exclude    []string        `json:"exclude"`
	}
	jsonFile struct {
		File   string `json:"file"`
		Digest string `json:"sha256"`
	}
	jsonLowered struct {
		Rule string `json:"rule"`
		From string `json:"from"`
		To   string `json:"to"`
	}
	jsonExemption struct {
		Pattern  string        `json:"pattern"`
		Rules    []string      `json:"rules"`
		Reason   string        `json:"reason"`
		Until    string        `json:"until,omitempty"`
		Expired  bool          `json:"expired,omitempty"`
		Findings int           `json:"findings"`
		Location *jsonLocation `json:"location"`
	}
	jsonTrusted struct {
		Pattern  string        `json:"pattern"`
		Reason   string        `json:"reason"`
		Location *jsonLocation `json:"location"`
	}
	jsonApproved struct {
		Name       string   `json:"name"`
		ARNs       []string `json:"arns"`
		References []string `json:"references"`
		AppliesTo  []string `json:"appliesTo"`
	}
	jsonNaming struct {
		Type string `json:"type"`
		Name string `json:"name,omitempty"`
		Path string `json:"path,omitempty"`
	}
	jsonIgnore struct {
		Rule     string        `json:"rule"`
		Reason   string        `json:"reason"`
		Until    string        `json:"until,omitempty"`
		Findings int           `json:"findings"`
		Location *jsonLocation `json:"location"`
	}
	jsonRevision struct {
		Name     string `json:"name"`
		Commit   string `json:"commit"`
		Entries  int    `json:"entries"`
		Findings int    `json:"findings"`
	}
	jsonBaseline struct {
		jsonFile
		Entries  int `json:"entries"`
		Findings int `json:"findings"`
	}
)

func same(s *string) string { return *s }

func encodeInForce(f *lint.InForce) *jsonInForce {
	return &jsonInForce{
		Files: each(f.Configurations, encodeConfiguration),
		Ignores: each(f.Ignores, func(i *lint.IgnoreInForce) jsonIgnore {
			return jsonIgnore{Rule: i.Rule, Reason: i.Reason, Until: i.Until, Findings: i.Findings, Location: encodeLocation(i.Location)}
		}),
		Baselines: each(f.Baselines, func(b *lint.BaselineInForce) jsonBaseline {
			return jsonBaseline{jsonFile: jsonFile(b.FileDigest), Entries: b.Entries, Findings: b.Findings}
		}),
		Revisions: each(f.Revisions, func(rev *lint.RevisionInForce) jsonRevision {
			return jsonRevision{rev.Name, rev.Commit, rev.Entries, rev.Findings}
		}),
		Exclude: each(f.Exclude, same),
	}
}

func encodeConfiguration(c *lint.Configuration) jsonConfiguration {
	return jsonConfiguration{
		jsonFile: jsonFile(c.FileDigest),
		Policy:   c.Policy, Locks: each(c.Locks, same),
		Documents: each(c.Documents, func(d *lint.FileDigest) jsonFile { return jsonFile(*d) }),
		Preset:    c.Preset, Off: each(c.Off, same), Exclude: each(c.Exclude, same),
		Lowered: each(c.Lowered, func(l *lint.Lowered) jsonLowered {
			return jsonLowered{Rule: l.Rule, From: l.From.String(), To: l.To.String()}
		}),
		Exempt: each(c.Exemptions, func(e *lint.ExemptionInForce) jsonExemption {
			out := jsonExemption{
				Pattern: e.Pattern, Rules: each(e.Rules, same), Reason: e.Reason, Expired: e.Expired, Findings: e.Findings,
				Location: encodeLocation(e.Location),
			}
			if !e.Until.IsZero() {
				out.Until = e.Until.Format(time.DateOnly)
			}
			return out
		}),
		Trusted: each(c.Trusted, func(t *lint.Trusted) jsonTrusted {
			return jsonTrusted{Pattern: t.Pattern, Reason: t.Reason, Location: encodeLocation(t.Location)}
		}),
		Boundaries: each(c.Boundaries, func(b *lint.ApprovedBoundary) jsonApproved {
			return jsonApproved{Name: b.Name, ARNs: each(b.ARNs, same), References: each(b.References, same), AppliesTo: each(b.AppliesTo, same)}
		}),
		Naming: each(c.Naming, func(n *lint.Naming) jsonNaming { return jsonNaming{Type: n.Type, Name: n.Name, Path: n.Path} }),
	}
}

// decodeInForce is the inverse; a report of an earlier version has none.
func decodeInForce(f *jsonInForce) (out lint.InForce, err error) {
	if f == nil {
		return out, nil
	}
	for i := range f.Files {
		c, err := decodeConfiguration(&f.Files[i])
		if err != nil {
			return out, fmt.Errorf("configuration %d: %w", i, err)
		}
		out.Configurations = append(out.Configurations, c)
	}
	for _, i := range f.Ignores {
		out.Ignores = append(out.Ignores, lint.IgnoreInForce{
			Rule: i.Rule, Reason: i.Reason, Until: i.Until, Findings: i.Findings, Location: decodeLocation(i.Location, "", ""),
		})
	}
	for _, b := range f.Baselines {
		out.Baselines = append(out.Baselines, lint.BaselineInForce{
			FileDigest: lint.FileDigest(b.jsonFile), Entries: b.Entries, Findings: b.Findings,
		})
	}
	for _, rev := range f.Revisions {
		out.Revisions = append(out.Revisions, lint.RevisionInForce{
			Revision: lint.Revision{Name: rev.Name, Commit: rev.Commit}, Entries: rev.Entries, Findings: rev.Findings,
		})
	}
	out.Exclude = append(out.Exclude, f.Exclude...)
	return out, nil
}

func decodeConfiguration(c *jsonConfiguration) (out lint.Configuration, err error) {
	out = lint.Configuration{FileDigest: lint.FileDigest(c.jsonFile), Policy: c.Policy, Preset: c.Preset}
	out.Locks = append(out.Locks, c.Locks...)
	out.Off, out.Exclude = append(out.Off, c.Off...), append(out.Exclude, c.Exclude...)
	for _, d := range c.Documents {
		out.Documents = append(out.Documents, lint.FileDigest(d))
	}
	for _, l := range c.Lowered {
		from, ok := lint.ParseSeverity(l.From)
		to, known := lint.ParseSeverity(l.To)
		if !ok || !known {
			return out, fmt.Errorf("no such severity: %q or %q", l.From, l.To)
		}
		out.Lowered = append(out.Lowered, lint.Lowered{Rule: l.Rule, From: from, To: to})
	}
	for _, e := range c.Exempt {
		exemption := lint.ExemptionInForce{Findings: e.Findings, Expired: e.Expired}
		exemption.Pattern, exemption.Rules, exemption.Reason = e.Pattern, e.Rules, e.Reason
		exemption.Location = decodeLocation(e.Location, "", "")
		if e.Until != "" {
			if exemption.Until, err = time.Parse(time.DateOnly, e.Until); err != nil {
				return out, fmt.Errorf("%q is not a date", e.Until)
			}
		}
		out.Exemptions = append(out.Exemptions, exemption)
	}
	for _, t := range c.Trusted {
		out.Trusted = append(out.Trusted, lint.Trusted{Pattern: t.Pattern, Reason: t.Reason, Location: decodeLocation(t.Location, "", "")})
	}
	for _, b := range c.Boundaries {
		boundary := lint.ApprovedBoundary{Name: b.Name}
		boundary.ARNs, boundary.References = append(boundary.ARNs, b.ARNs...), append(boundary.References, b.References...)
		boundary.AppliesTo = append(boundary.AppliesTo, b.AppliesTo...)
		out.Boundaries = append(out.Boundaries, boundary)
	}
	for _, n := range c.Naming {
		out.Naming = append(out.Naming, lint.Naming{Type: n.Type, Name: n.Name, Path: n.Path})
	}
	return out, nil
}
