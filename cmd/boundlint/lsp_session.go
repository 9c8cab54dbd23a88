package main

import (
	"cmp"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"sync"

	"github.com/creachadair/jrpc2"
	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/editor"
	"github.com/boundlint/boundlint/lint/files"
)

// lspState is where a session is in its life.
type lspState int

const (
	lspNew lspState = iota
	lspReady
	lspDown
)

// lspServer is the session of one editor.
type lspServer struct {
	program *program
	context *cli.Context
	rpc     *jrpc2.Server
	// exit is closed when the editor ends the session, wake has the judge look for work, and
	// stopped is closed when it has ended.
	exit, wake, stopped chan struct{}
	ending              sync.Once

	mu    sync.Mutex
	state lspState
	// showsPages tells that the editor opens pages, watches that it tells of files that change.
	showsPages, watches bool
	folders             []string
	// documents are those that are open, by what their URIs name: a file may be open under
	// several, which lead to it by links.
	documents map[string]*lspOpen
	// changes counts what has happened to files; judged is up to which of them all is judged,
	// and settled is closed when they are equal.
	changes, judged uint64
	settled         chan struct{}
	// dirty are the files that changed since they were judged, by their real paths. stale
	// tells that any file may have.
	dirty map[string]bool
	stale bool
	// running is the run that judges, nil for none.
	running *program

	// judge has what only the goroutine that judges touches.
	judge lspJudge
	// now is what was judged last.
	now *lspJudged
}

// lspOpen is a document that is open in the editor.
type lspOpen struct {
	uri string
	// path is the real path of the file.
	path    string
	version int32
	text    *editor.Text
	// changed is which change its last one was.
	changed uint64
}

func newLSPServer(p *program, c *cli.Context) *lspServer {
	s := &lspServer{
		program: p, context: c, exit: make(chan struct{}), wake: make(chan struct{}, 1), stopped: make(chan struct{}),
		documents: map[string]*lspOpen{}, dirty: map[string]bool{}, settled: make(chan struct{}), now: &lspJudged{},
	}
	close(s.settled)
	s.judge.init(s)
	go s.judge.loop()
	return s
}

// end stops what judges, and waits for it.
func (s *lspServer) end() {
	s.ending.Do(func() { close(s.exit) })
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	running.stop()
	<-s.stopped
}

func (s *lspServer) stateOf() lspState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

func (s *lspServer) isShutDown() bool { return s.stateOf() == lspDown }

func (s *lspServer) initialize(_ context.Context, p *lspInitialize) (*lspInitialized, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = lspReady
	s.showsPages = p.Capabilities.Window.ShowDocument.Support
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	folders := p.WorkspaceFolders
	if len(folders) == 0 && p.RootURI != "" {
		folders = []lspFolder{{URI: p.RootURI}}
	}
	s.addFolders(folders)
	go s.watchParent(p.ProcessID)
	out := &lspInitialized{}
	out.ServerInfo.Name, out.ServerInfo.Version = "boundlint", versionNumber()
	out.Capabilities.PositionEncoding = "utf-16"
	out.Capabilities.TextDocumentSync = lspSync{OpenClose: true, Change: lspIncremental}
	out.Capabilities.HoverProvider, out.Capabilities.DefinitionProvider = true, true
	out.Capabilities.CodeActionProvider.CodeActionKinds = []string{kindQuickFix, kindFixAll}
	out.Capabilities.Workspace.WorkspaceFolders.Supported = true
	out.Capabilities.Workspace.WorkspaceFolders.ChangeNotifications = true
	if s.showsPages {
		out.Capabilities.ExecuteCommandProvider = &lspCommands{Commands: []string{commandOpenPage}}
	}
	return out, nil
}

// lspWatchedFiles are the files whose changes outside of the editor matter.
const lspWatchedFiles = "**/*.{tf,tofu,tf.json,tofu.json,tfvars,json,hcl,tftpl,tpl}"

func (s *lspServer) initialized(context.Context, *lspNone) (*lspNone, error) {
	s.mu.Lock()
	watches := s.watches
	s.mu.Unlock()
	if watches {
		go s.call("client/registerCapability", lspRegistration{Registrations: []lspRegistered{{
			ID: "files", Method: "workspace/didChangeWatchedFiles",
			RegisterOptions: lspWatched{Watchers: []lspWatcher{{GlobPattern: lspWatchedFiles}}},
		}}})
	}
	return nil, nil
}

// call asks the editor for something whose answer does not matter.
func (s *lspServer) call(method string, params any) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.exit:
			cancel()
		case <-ctx.Done():
		}
	}()
	_, _ = s.rpc.Callback(ctx, method, params) // an editor that refuses goes without
}

// tell sends the editor a notification.
func (s *lspServer) tell(method string, params any) {
	_ = s.rpc.Notify(context.Background(), method, params) // an editor that is gone needs none
}

func (s *lspServer) shutdown(context.Context, *lspNone) (*lspNone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = lspDown
	s.running.stop()
	return nil, nil
}

func (s *lspServer) exited(context.Context, *lspNone) (*lspNone, error) {
	s.ending.Do(func() { close(s.exit) })
	return nil, nil
}

func (s *lspServer) cancelRequest(_ context.Context, p *struct {
	ID json.RawMessage `json:"id"`
},
) (*lspNone, error) {
	s.rpc.CancelRequest(string(p.ID))
	return nil, nil
}

// addFolders adds the directories of folders; s.mu is held.
func (s *lspServer) addFolders(folders []lspFolder) {
	for _, f := range folders {
		if dir, ok := editor.Path(f.URI); ok && !slices.Contains(s.folders, dir) {
			s.folders = append(s.folders, dir)
		}
	}
}

func (s *lspServer) didChangeFolders(_ context.Context, p *lspFoldersChange) (*lspNone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range p.Event.Removed {
		if dir, ok := editor.Path(f.URI); ok {
			s.folders = slices.DeleteFunc(s.folders, func(d string) bool { return d == dir })
		}
	}
	s.addFolders(p.Event.Added)
	return nil, nil
}

// lspPath is the real path of a document, which is its own where there is no such file yet;
// false for one that is not a file.
func lspPath(uri string) (string, bool) {
	path, ok := editor.Path(uri)
	if !ok {
		return "", false
	}
	if real, err := realPath(path); err == nil {
		return real, true
	}
	// The directory of a file that is not saved yet may be behind a link.
	if dir, err := realPath(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path)), true
	}
	return path, true
}

// lspNamed is the key of a document among those that are open: the path that its URI names, for
// one URI may be written in several ways.
func lspNamed(uri string) string {
	path, _ := editor.Path(uri)
	return path
}

// put has a document in a new state; s.mu is held.
func (s *lspServer) put(o *lspOpen) {
	s.changed(o.path)
	o.changed = s.changes
	s.documents[lspNamed(o.uri)] = o
}

func (s *lspServer) didOpen(_ context.Context, p *lspOf) (*lspNone, error) {
	path, ok := lspPath(p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(&lspOpen{uri: p.TextDocument.URI, path: path, version: p.TextDocument.Version, text: editor.NewText(p.TextDocument.Text)})
	return nil, nil
}

func (s *lspServer) didChange(_ context.Context, p *lspDidChange) (*lspNone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.documents[lspNamed(p.TextDocument.URI)]
	if open == nil {
		return nil, nil
	}
	text := open.text
	for _, change := range p.ContentChanges {
		if change.Range == nil {
			text = editor.NewText(change.Text)
		} else {
			text = text.Replace(*change.Range, change.Text)
		}
	}
	s.put(&lspOpen{uri: open.uri, path: open.path, version: p.TextDocument.Version, text: text})
	return nil, nil
}

// didSave finds out anew which root modules files belong to: until then, what is written of
// module calls is likely to be incomplete.
func (s *lspServer) didSave(_ context.Context, p *lspOf) (*lspNone, error) {
	path, _ := lspPath(p.TextDocument.URI)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = true
	s.changed(path)
	return nil, nil
}

func (s *lspServer) didClose(_ context.Context, p *lspOf) (*lspNone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.documents[lspNamed(p.TextDocument.URI)]
	if open == nil {
		return nil, nil
	}
	delete(s.documents, lspNamed(p.TextDocument.URI))
	s.changed(open.path) // what is saved counts now, or what is open under another name
	return nil, nil
}

func (s *lspServer) didChangeFiles(context.Context, *lspNone) (*lspNone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = true
	s.changed("")
	return nil, nil
}

// changed notes that a file changed, and has it judged; s.mu is held.
func (s *lspServer) changed(path string) {
	if s.changes == s.judged {
		s.settled = make(chan struct{})
	}
	s.changes++
	if path != "" {
		s.dirty[path] = true
	}
	s.running.stop()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// wait waits until all that has changed is judged, for answers that fit what the editor
// shows.
func (s *lspServer) wait(ctx context.Context) (*lspJudged, error) {
	for {
		s.mu.Lock()
		settled, now, done := s.settled, s.now, s.changes == s.judged
		s.mu.Unlock()
		if done {
			return now, nil
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return nil, jrpc2.Errorf(lspCancelled, "the request was cancelled")
		case <-s.exit:
			return nil, jrpc2.Errorf(lspCancelled, "the session has ended")
		}
	}
}

// open are the documents of each file by its real path, the one that changed last first: its
// text is that of the file. s.mu is held.
func (s *lspServer) open() map[string][]*lspOpen {
	out := map[string][]*lspOpen{}
	for _, o := range s.documents {
		out[o.path] = append(out[o.path], o)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b *lspOpen) int { return cmp.Compare(b.changed, a.changed) })
	}
	return out
}

// overlayOf are the texts of files that are open.
func overlayOf(open map[string][]*lspOpen) files.Overlay {
	out := files.Overlay{}
	for path, list := range open {
		if len(list) > 0 {
			out[path] = []byte(list[0].text.String())
		}
	}
	return out
}
