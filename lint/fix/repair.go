package fix

import (
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
)

// Files are those of a run.
type Files struct {
	// Read is what a file holds that the run has read, by its name in locations; nil for
	// any other.
	Read func(file string) []byte
	// Path is the absolute path of a file with every link followed; false where it must
	// not be changed.
	Path func(file string) (string, bool)
	// Only tells which findings are to be fixed; nil for all.
	Only func(*lint.Finding) bool
}

// Judged is a tree as it was judged.
type Judged struct {
	Report *lint.Report
	// Models are the inputs of the report, in its order.
	Models []*iam.Model
}

// Result is what fixing comes to.
type Result struct {
	Judged

	// Fixed are the findings that are gone.
	Fixed []lint.Finding
	// Before and After are what the files that change held and hold, by their absolute
	// paths; Names are what reports call them.
	Before, After files.Overlay
	Names         map[string]string

	was    Judged
	files  Files
	chosen []int
}

// Repair fixes what can be fixed for certain. judge decides a tree again in which files
// hold something else; its error ends the repair.
func Repair(now Judged, in Files, judge func(files.Overlay) (Judged, error)) (*Result, error) {
	was := now
	r := &repair{judge: judge, refused: map[string]bool{}, now: now}
	r.files = &contents{Files: in, tree: files.Overlay{}, names: map[string]string{}}
	original := files.Overlay{}
	for {
		proposals := r.propose()
		for file, src := range r.files.tree {
			if _, ok := original[file]; !ok {
				original[file] = src
			}
		}
		if proposals == nil {
			break
		}
		before := len(r.fixed)
		if err := r.try(proposals); err != nil {
			return nil, err
		}
		if len(r.fixed) > before {
			clear(r.refused) // what did not hold may do so now
		}
	}
	out := &Result{
		Judged: r.now, Fixed: r.fixed, Before: files.Overlay{}, After: files.Overlay{}, Names: r.files.names,
		was: was, files: in, chosen: r.chosen,
	}
	for file, src := range r.files.tree {
		if was := original[file]; string(was) != string(src) {
			out.Before[file], out.After[file] = was, src
		}
	}
	return out, nil
}

type repair struct {
	judge func(files.Overlay) (Judged, error)
	files *contents
	now   Judged
	// fixed are the findings that are gone, and chosen which of their changes did it.
	fixed  []lint.Finding
	chosen []int
	// refused are the findings, by their fingerprints, whose changes do not hold in the
	// tree as it is.
	refused map[string]bool
}

// proposal is a finding and the changes that may fix it.
type proposal struct {
	finding *lint.Finding
	changes []change
}

// propose looks for the changes of as many findings as can be changed at once. What is
// written gets right before anything is added: that may no longer be needed then.
func (r *repair) propose() []proposal {
	var right, added []proposal
	for i := range r.now.Report.Findings {
		f := &r.now.Report.Findings[i]
		if r.refused[f.Fingerprint] || f.Input >= len(r.now.Models) || r.files.Only != nil && !r.files.Only(f) {
			continue
		}
		p := &planner{finding: f, model: r.now.Models[f.Input], files: r.files}
		changes := p.plan()
		switch {
		case len(changes) == 0:
		case f.Fix != nil && f.Fix.Statements != nil && f.Fix.Replaced == nil:
			added = together(added, proposal{f, changes})
		default:
			right = together(right, proposal{f, changes})
		}
	}
	if right != nil {
		return right
	}
	return added
}

// together are proposals with another one, where it does not collide with them.
func together(list []proposal, p proposal) []proposal {
	if slices.ContainsFunc(list, func(o proposal) bool {
		return o.changes[0].collides(p.changes[0]) && !slices.Equal(o.changes[0], p.changes[0])
	}) {
		return list
	}
	return append(list, p)
}

// try makes all changes at once where they hold, and else each half by itself, so that
// one that does not hold is found in few steps.
func (r *repair) try(proposals []proposal) error {
	base, tree, before := r.now, r.files.tree, weigh(r.now.Report)
	var made []change
	var held []proposal
	attempt := func(list []proposal, alternative int) (bool, error) {
		all := slices.Clone(made)
		for _, p := range list {
			all = append(all, p.changes[alternative])
		}
		changed := apply(tree, all...)
		after, err := r.judge(changed)
		if err != nil {
			return false, err
		}
		if !holds(base.Report, after.Report, before, slices.Concat(held, list)) {
			return false, nil
		}
		for _, p := range list {
			r.fixed = append(r.fixed, *p.finding)
			r.chosen = append(r.chosen, alternative)
		}
		made, held, r.now, r.files.tree = all, append(held, list...), after, changed
		return true, nil
	}
	var divide func(list []proposal) error
	divide = func(list []proposal) error {
		if len(list) == 0 {
			return nil
		}
		ok, err := attempt(list, 0)
		switch {
		case err != nil || ok:
			return err
		case len(list) > 1:
			if err := divide(list[:len(list)/2]); err != nil {
				return err
			}
			return divide(list[len(list)/2:])
		}
		for i := 1; i < len(list[0].changes); i++ {
			if ok, err := attempt(list, i); err != nil || ok {
				return err
			}
		}
		r.refused[list[0].finding.Fingerprint] = true
		return nil
	}
	return divide(proposals)
}

// holds reports whether the findings of proposals are gone, and nothing is new.
func holds(was, is *lint.Report, before weighed, list []proposal) bool {
	after := weigh(is)
	if after.isNew(before) || faults(is) > faults(was) || len(is.Inputs) != len(was.Inputs) ||
		is.Summary.Entities != was.Summary.Entities || is.Summary.Policies != was.Summary.Policies {
		return false
	}
	lost := map[string]int{}
	for _, p := range list {
		for _, f := range p.finding.All() {
			lost[subject(was, &f)]++
		}
	}
	for what, n := range lost {
		// What is less bad may have stood behind what is gone.
		if before[what].findings-after[what].findings < n && after[what].worst >= before[what].worst {
			return false
		}
	}
	return true
}

// Edits are the changes of all files together.
func (r *Result) Edits() []lint.Edit {
	var out []lint.Edit
	for _, file := range changedFiles(r.Before, r.After) {
		for _, h := range compareLines(r.Before[file], r.After[file]) {
			out = append(out, lint.Edit{File: r.Names[file], From: h.from + 1, To: h.to + 1, Text: h.text(r.After[file])})
		}
	}
	return out
}

// Proven is the report of the files as they were, in which the findings that are fixed have
// the edits that do it. Edits of a file that shows refuses are left out.
func (r *Result) Proven(shows func(file string, content []byte) bool) *lint.Report {
	out := *r.was.Report
	out.Findings = slices.Clone(out.Findings)
	files := &contents{Files: r.files, tree: maps.Clone(r.Before), names: map[string]string{}}
	for i := range out.Findings {
		f := &out.Findings[i]
		at := slices.IndexFunc(r.Fixed, func(o lint.Finding) bool { return o.Fingerprint == f.Fingerprint })
		if at < 0 || f.Input >= len(r.was.Models) {
			continue
		}
		p := &planner{finding: f, model: r.was.Models[f.Input], files: files}
		if changes := p.plan(); r.chosen[at] < len(changes) {
			f.Fix = withEdits(f.Fix, files.lines(changes[r.chosen[at]], shows))
		}
	}
	return &out
}

// withEdits is a fix with the edits that make it.
func withEdits(f *lint.Fix, edits []lint.Edit) *lint.Fix {
	out := &lint.Fix{}
	if f != nil {
		*out = *f
	}
	out.Edits = edits
	return out
}

// lines are the lines that a change takes; nil where one of its files is not shown.
func (c *contents) lines(one change, shows func(file string, content []byte) bool) []lint.Edit {
	changed := apply(c.tree, one)
	var out []lint.Edit
	for _, file := range changedFiles(c.tree, changed) {
		if !shows(c.names[file], c.tree[file]) {
			return nil
		}
		for _, h := range compareLines(c.tree[file], changed[file]) {
			out = append(out, lint.Edit{File: c.names[file], From: h.from + 1, To: h.to + 1, Text: h.text(changed[file])})
		}
	}
	return out
}
