package main

import (
	"encoding/json"

	"github.com/boundlint/boundlint/lint/editor"
)

// The messages of the Language Server Protocol 3.17 that the server takes and sends, as far
// as it reads and fills them
// (https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification).

type lspInitialize struct {
	ProcessID        int         `json:"processId"`
	WorkspaceFolders []lspFolder `json:"workspaceFolders"`
	RootURI          string      `json:"rootUri"`
	Capabilities     struct {
		Workspace struct {
			DidChangeWatchedFiles struct {
				DynamicRegistration bool `json:"dynamicRegistration"`
			} `json:"didChangeWatchedFiles"`
		} `json:"workspace"`
		Window struct {
			ShowDocument struct {
				Support bool `json:"support"`
			} `json:"showDocument"`
		} `json:"window"`
	} `json:"capabilities"`
}

type lspFolder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

type lspInitialized struct {
	Capabilities lspCapabilities `json:"capabilities"`
	ServerInfo   struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"serverInfo"`
}

type lspCapabilities struct {
	PositionEncoding   string         `json:"positionEncoding"`
	TextDocumentSync   lspSync        `json:"textDocumentSync"`
	HoverProvider      bool           `json:"hoverProvider"`
	DefinitionProvider bool           `json:"definitionProvider"`
	CodeActionProvider lspActionKinds `json:"codeActionProvider"`
	// ExecuteCommandProvider is there for a client that opens pages.
	ExecuteCommandProvider *lspCommands `json:"executeCommandProvider,omitempty"`
	Workspace              struct {
		WorkspaceFolders struct {
			Supported           bool `json:"supported"`
			ChangeNotifications bool `json:"changeNotifications"`
		} `json:"workspaceFolders"`
	} `json:"workspace"`
}

// lspIncremental has changes sent as ranges.
const lspIncremental = 2

type lspSync struct {
	OpenClose bool `json:"openClose"`
	Change    int  `json:"change"`
	Save      struct {
		IncludeText bool `json:"includeText"`
	} `json:"save"`
}

type lspActionKinds struct {
	CodeActionKinds []string `json:"codeActionKinds"`
}

type lspCommands struct {
	Commands []string `json:"commands"`
}

// lspDocument names a document, and has its text where it is opened.
type lspDocument struct {
	URI     string `json:"uri"`
	Version int32  `json:"version"`
	Text    string `json:"text"`
}

type lspOf struct {
	TextDocument lspDocument `json:"textDocument"`
}

type lspDidChange struct {
	TextDocument   lspDocument `json:"textDocument"`
	ContentChanges []struct {
		Range *editor.Range `json:"range"`
		Text  string        `json:"text"`
	} `json:"contentChanges"`
}

type lspAt struct {
	TextDocument lspDocument     `json:"textDocument"`
	Position     editor.Position `json:"position"`
}

type lspFoldersChange struct {
	Event struct {
		Added   []lspFolder `json:"added"`
		Removed []lspFolder `json:"removed"`
	} `json:"event"`
}

type lspPublish struct {
	URI         string          `json:"uri"`
	Version     *int32          `json:"version,omitempty"`
	Diagnostics []lspDiagnostic `json:"diagnostics"`
}

type lspDiagnostic struct {
	Range              editor.Range `json:"range"`
	Severity           int          `json:"severity"`
	Code               string       `json:"code,omitempty"`
	CodeDescription    *lspHref     `json:"codeDescription,omitempty"`
	Source             string       `json:"source"`
	Message            string       `json:"message"`
	Tags               []int        `json:"tags,omitempty"`
	RelatedInformation []lspRelated `json:"relatedInformation,omitempty"`
	// Data is the fingerprint of the finding.
	Data string `json:"data,omitempty"`
}

// The severities and tags of a diagnostic.
const (
	lspError       = 1
	lspWarning     = 2
	lspInformation = 3
	lspUnnecessary = 1
)

type lspHref struct {
	Href string `json:"href"`
}

type lspLocation struct {
	URI   string       `json:"uri"`
	Range editor.Range `json:"range"`
}

type lspRelated struct {
	Location lspLocation `json:"location"`
	Message  string      `json:"message"`
}

type lspHover struct {
	Contents struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	} `json:"contents"`
	Range editor.Range `json:"range"`
}

type lspActionsFor struct {
	TextDocument lspDocument  `json:"textDocument"`
	Range        editor.Range `json:"range"`
	Context      struct {
		Only []string `json:"only"`
	} `json:"context"`
}

type lspAction struct {
	Title       string          `json:"title"`
	Kind        string          `json:"kind"`
	Diagnostics []lspDiagnostic `json:"diagnostics,omitempty"`
	IsPreferred bool            `json:"isPreferred,omitempty"`
	Edit        *lspEdit        `json:"edit,omitempty"`
	Command     *lspCommand     `json:"command,omitempty"`
}

type lspCommand struct {
	Title     string            `json:"title"`
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

type lspEdit struct {
	Changes map[string][]lspTextEdit `json:"changes"`
}

type lspTextEdit struct {
	Range   editor.Range `json:"range"`
	NewText string       `json:"newText"`
}

type lspMessage struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

type lspShowDocument struct {
	URI      string `json:"uri"`
	External bool   `json:"external"`
}

type lspRegistration struct {
	Registrations []lspRegistered `json:"registrations"`
}

type lspRegistered struct {
	ID              string     `json:"id"`
	Method          string     `json:"method"`
	RegisterOptions lspWatched `json:"registerOptions"`
}

type lspWatched struct {
	Watchers []lspWatcher `json:"watchers"`
}

type lspWatcher struct {
	GlobPattern string `json:"globPattern"`
}
