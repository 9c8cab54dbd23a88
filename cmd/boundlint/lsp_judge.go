package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/editor"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source"
)

// lspPause is how long is waited after a change for the next one: a person types a character
// every hundred milliseconds or so, an editor that formats or replaces sends many at once.
const lspPause = 5 * time.Millisecond

// lspJudge judges the root modules of the documents that are open, one at a time.
type lspJudge struct {
	server *lspServer
	// roots are the root modules that were judged, by their paths as they are shown.
	roots map[string]*lspRoot
	// rootsOf are the root modules that a file belongs to, as far as that was asked for.
	rootsOf map[string][]string
	// told are the faults of configurations that the editor was told.
	told map[string]bool
	// published is what the editor shows, by URI.
	published map[string]lspPublish
}

// lspRoot is a root module as it was judged.
type lspRoot struct {
	path string
	view *editor.View
	// old tells that judging it has failed since: files may have changed.
	old bool
}

// lspJudged is all that was judged at one time.
type lspJudged struct {
	overlay files.Overlay
	roots   []*lspRoot
	// rootsOf are the root modules that open files belong to, by their real paths.
	rootsOf map[string][]string
	// open are the documents of each file as they were then, by its real path, with the one
	// first whose text is that of the file.
	open map[string][]*lspOpen
	// folders are the directories whose files may be changed.
	folders []string
}

func (j *lspJudge) init(s *lspServer) {
	*j = lspJudge{
		server: s, roots: map[string]*lspRoot{}, rootsOf: map[string][]string{}, told: map[string]bool{}, published: map[string]lspPublish{},
	}
}

// loop judges whenever something has changed, until the session ends.
func (j *lspJudge) loop() {
	defer close(j.server.stopped)
	for {
		select {
		case <-j.server.exit:
			return
		case <-j.server.wake:
		}
		if !j.pause() {
			return
		}
		j.guarded()
	}
}

// guarded is a round of which a fault of this program does not end the session: requests go on
// with what was judged before.
func (j *lspJudge) guarded() {
	s := j.server
	s.mu.Lock()
	upTo, before := s.changes, s.now
	open := s.open()
	now := &lspJudged{overlay: overlayOf(open), rootsOf: map[string][]string{}, open: open, folders: slices.Clone(s.folders)}
	stale, dirty := s.stale, maps.Clone(s.dirty)
	s.mu.Unlock()
	defer func() {
		if fault := recover(); fault != nil {
			s.tell("window/logMessage", lspMessage{lspError, printable(internalError(fault))})
			now.rootsOf, now.roots = before.rootsOf, nil
			for _, root := range before.roots {
				now.roots = append(now.roots, root.outdated())
			}
			j.settle(upTo, now)
		}
	}()
	j.round(now, upTo, stale, dirty)
}

// outdated is a root module of which judging has failed.
func (r *lspRoot) outdated() *lspRoot { return &lspRoot{r.path, r.view, true} }

// holds reports whether a file is still as a root module was judged with it: what was found in
// another text stands elsewhere, if anywhere.
func (now *lspJudged) holds(root *lspRoot, path string) bool {
	judged := root.view.Text(path)
	switch open := now.open[path]; {
	case judged == nil:
		return false
	case len(open) > 0:
		return open[0].text.String() == judged.String()
	}
	return !root.old || now.text(path).String() == judged.String()
}

// pause waits until nothing has changed for a moment; false where the session ends.
func (j *lspJudge) pause() bool {
	for {
		select {
		case <-j.server.exit:
			return false
		case <-j.server.wake:
		case <-time.After(lspPause):
			return true
		}
	}
}

// round judges what has changed, up to a change: some files, or where stale any. Another change
// ends it early: the next round then judges what this one has left.
func (j *lspJudge) round(now *lspJudged, upTo uint64, stale bool, dirty map[string]bool) {
	s := j.server
	if stale {
		clear(j.rootsOf)
	}
	faults := j.configurations(now)
	wanted := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(now.open)) {
		now.rootsOf[path] = j.belongsTo(path, now.overlay)
		for _, root := range now.rootsOf[path] {
			// A file may belong to a root module that has not read it so far.
			known := j.roots[root]
			wanted[root] = wanted[root] || stale || dirty[path] || known == nil || known.old
		}
	}
	maps.DeleteFunc(j.roots, func(root string, _ *lspRoot) bool { _, ok := wanted[root]; return !ok })
	for _, root := range slices.Sorted(maps.Keys(wanted)) {
		if !wanted[root] && !j.readsAny(root, dirty) {
			continue
		}
		judged, err := j.one(root, now.overlay, upTo)
		if s.isSuperseded(upTo) {
			return
		}
		if err != nil {
			faults = append(faults, err)
			if known := j.roots[root]; known != nil {
				j.roots[root] = known.outdated() // what was found in files that have not changed is still likely
			}
			continue
		}
		j.roots[root] = judged
	}
	for _, root := range slices.Sorted(maps.Keys(j.roots)) {
		now.roots = append(now.roots, j.roots[root])
	}
	if j.settle(upTo, now) {
		j.publish(now, faults)
	}
}

// readsAny reports whether a root module was made of one of the files.
func (j *lspJudge) readsAny(root string, dirty map[string]bool) bool {
	known := j.roots[root]
	for path := range dirty {
		if known.view.Text(path) != nil {
			return true
		}
	}
	return false
}

// settle makes what was judged the answer to all requests; false where something has changed
// meanwhile.
func (j *lspJudge) settle(upTo uint64, now *lspJudged) bool {
	s := j.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes != upTo {
		return false
	}
	again := s.judged == upTo // it was woken once more by a change that the round before has seen
	s.now, s.judged, s.stale = now, upTo, false
	clear(s.dirty)
	if !again {
		close(s.settled)
	}
	return true
}

func (s *lspServer) isSuperseded(upTo uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes != upTo || s.state == lspDown
}

// belongsTo are the root modules that a file belongs to. One that is not saved yet belongs
// to none.
func (j *lspJudge) belongsTo(path string, overlay files.Overlay) []string {
	if known, ok := j.rootsOf[path]; ok {
		return known
	}
	name := relative(path)
	if config.IsTestFile(name) || filepath.Base(name) == config.FileName {
		return nil
	}
	if _, err := files.StatNamed(path); err != nil {
		return nil
	}
	run := j.server.program.again(overlay)
	find := run.settings(j.server.context)
	settings, err := find(name)
	if err != nil {
		settings = &lint.Settings{} // it is told where the file is judged
	}
	options, err := run.sourceOptions(j.server.context, find)
	if err != nil {
		return nil
	}
	options.Exclude = slices.Concat(settings.Exclude, options.Exclude)
	roots, err := source.Changed([]string{name}, options)
	if err != nil {
		return nil // the directory is gone
	}
	j.rootsOf[path] = roots
	return roots
}

// again is the program for one more run, over files as an overlay has them. Standard input is
// the editor's, and not for it to read.
func (p *program) again(overlay files.Overlay) *program {
	return &program{
		stdout: io.Discard, stderr: io.Discard, lookupEnv: p.lookupEnv, given: p.given, stack: p.stack,
		told: map[string]bool{}, newBudget: p.newBudget, lost: p.lost, overlay: overlay, roots: true,
		parsed: p.parsed, patience: p.patience,
	}
}

// stop ends a run early.
func (p *program) stop() {
	if p != nil {
		p.share.Stop()
	}
}

// run judges root modules; it is the same as what lint does. An error that is not one of
// the configuration tells that the run was stopped.
func (s *lspServer) run(run *program, paths []string) (in *inputs, rep *lint.Report, err error) {
	defer func() {
		run.settle()
		run.restore()
		switch fault := recover().(type) {
		case nil:
		case *budget.SpentError:
			err = fault
		default:
			err = errors.New(internalError(fault))
		}
	}()
	if in, err = run.readPaths(s.context, paths); err != nil {
		return nil, nil, err
	}
	options := driver.Options{ // without Source: an editor has the lines itself
		Share: run.share, NoInlineIgnores: s.context.Bool("no-inline-ignores"), Partial: true,
		Exclude: s.context.StringSlice("exclude"),
	}
	if s.context.IsSet("baseline") {
		known, err := readBaseline(s.context)
		if err != nil {
			return nil, nil, err
		}
		options.Baseline = useBaseline(known, in)
	}
	rep, err = run.judge(in, options)
	return in, rep, err
}

// one judges a root module, as long as nothing else changes.
func (j *lspJudge) one(root string, overlay files.Overlay, upTo uint64) (*lspRoot, error) {
	s := j.server
	run := s.program.again(overlay)
	if err := run.startBudget(s.context); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.running = run
	if s.changes != upTo {
		run.stop()
	}
	s.mu.Unlock()
	in, rep, err := s.run(run, []string{root})
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var before *editor.View
	if known := j.roots[root]; known != nil {
		before = known.view
	}
	return &lspRoot{path: root, view: newView(in, rep, overlay, before)}, nil
}

// newView is what was judged, for an editor. The texts are kept: what is asked later is asked
// by several requests at one time, and files may have changed by then. Those that are the same
// are those of the view before, nil for none.
func newView(in *inputs, rep *lint.Report, overlay files.Overlay, before *editor.View) *editor.View {
	read, texts := in.source(overlay), map[string]*editor.Text{}
	var names sync.Map
	real := func(name string) string {
		if known, ok := names.Load(name); ok {
			if path, ok := known.(string); ok {
				return path
			}
		}
		path, err := realPath(filepath.FromSlash(name))
		if err != nil {
			path = ""
		}
		names.Store(name, path)
		return path
	}
	for _, file := range in.files {
		src, path := read(file), real(file)
		switch {
		case src == nil:
		case before != nil && before.Text(path) != nil && before.Text(path).String() == string(src):
			texts[path] = before.Text(path)
		default:
			texts[path] = editor.NewText(string(src))
		}
	}
	models := in.models()
	hidden := newCovers(models)
	return &editor.View{
		Report: rep, Models: models, Real: real,
		Text: func(file string) *editor.Text { return texts[file] },
		Cover: func(model int, text string) string {
			if model < 0 || model >= len(models) {
				return ""
			}
			return hidden.cover(model, text)
		},
	}
}

// covers are the secrets of models, found when the first request asks: a change asks for none.
type covers struct {
	mu      sync.Mutex // secrets learn as they are asked
	models  []*iam.Model
	secrets map[int]*driver.Secrets
}

func newCovers(models []*iam.Model) *covers {
	return &covers{models: models, secrets: map[int]*driver.Secrets{}}
}

func (c *covers) cover(model int, text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if model < 0 || model >= len(c.models) {
		return "" // no model tells what of it is secret
	}
	known, ok := c.secrets[model]
	if !ok {
		known = driver.SecretsOf(c.models[model], isConditionKey)
		c.secrets[model] = known
	}
	return known.Cover(text)
}

// configurations are the faults of configurations and of policy tests that are open.
func (j *lspJudge) configurations(now *lspJudged) []error {
	var out []error
	for _, path := range slices.Sorted(maps.Keys(now.open)) {
		var err error
		switch name := relative(path); {
		case filepath.Base(name) == config.FileName:
			_, err = config.LoadLaid(name, ruleIDs(), now.overlay)
		case config.IsTestFile(name):
			_, err = config.LoadTestsLaid(name, now.overlay)
		}
		if _, ok := errors.AsType[*config.Error](err); !ok && err != nil {
			err = &lspFileError{path, err}
		}
		if err != nil {
			out = append(out, err)
		}
	}
	return out
}

// lspFileError is what is wrong with a file as a whole.
type lspFileError struct {
	path string
	err  error
}

func (f *lspFileError) Error() string { return fmt.Sprint(f.err) }

func (f *lspFileError) Unwrap() error { return f.err }
