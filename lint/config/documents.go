package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/glob"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A managed policy has at most 6144 characters without white space; this
// leaves room for any indentation and refuses what is something else.
const maxDocumentBytes = 1 << 20

// document reads the identity-based policy that an entry names: a JSON file beside
// or below the configuration. A file that is not a policy document is a fault of
// the configuration; what IAM would refuse inside of one is left to the rules.
func (c *checker) document(e entry) *iam.Document {
	src, ok := c.source(e)
	if !ok {
		return nil
	}
	return c.parse(e, src, policy.IdentityPolicy)
}

// source is the text of the file that an entry names.
func (c *checker) source(e entry) (src []byte, ok bool) {
	name := filepath.FromSlash(e.text)
	if !filepath.IsLocal(name) {
		c.errorf(e.at, "%q leaves the directory of %s: name a file beside it or below", e.text, c.self())
		return nil, false
	}
	src, problem := c.read(name)
	if problem != "" {
		c.errorf(e.at, "%q %s", e.text, problem)
	}
	return src, problem == ""
}

// parse is the document of a kind that a file holds; nil where it holds none.
func (c *checker) parse(e entry, src []byte, kind policy.Kind) *iam.Document {
	file := path.Join(path.Dir(c.name), filepath.ToSlash(e.text))
	text, wrapped := unwrap(src)
	doc, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: kind})
	for _, d := range diags {
		if d.Error && (len(doc.Statements) == 0 || d.Code == policy.CodeNotJSON || d.Code == policy.CodeTrailingData) {
			c.errorf(e.at, "%s:%d:%d: %s", file, d.Range.Start.Line, d.Range.Start.Column, d.Summary)
			return nil
		}
	}
	if wrapped {
		// Places in the text are not those in the file.
		return &iam.Document{Document: doc, Text: policy.Literal(text), Diagnostics: diags, Location: iam.Location{File: file}}
	}
	return &iam.Document{
		Document:    doc,
		Text:        policy.Literal(text),
		Diagnostics: diags,
		Location:    iam.Location{File: file, Range: doc.Range},
		Trace: func(statement int, at policy.Range) iam.Location {
			if at == (policy.Range{}) {
				at = doc.Range
				if statement >= 0 && statement < len(doc.Statements) {
					at = doc.Statements[statement].Range
				}
			}
			return iam.Location{File: file, Range: at}
		},
	}
}

// unwrap takes a policy out of what the AWS CLI prints around it: aws
// organizations describe-policy and aws iam get-policy-version.
func unwrap(src []byte) (text string, wrapped bool) {
	var printed struct {
		Policy struct {
			Content string `json:"Content"`
		} `json:"Policy"`
		PolicyVersion struct {
			Document json.RawMessage `json:"Document"`
		} `json:"PolicyVersion"`
	}
	if json.Unmarshal(src, &printed) != nil {
		return string(src), false
	}
	if printed.Policy.Content != "" {
		return printed.Policy.Content, true
	}
	if document := printed.PolicyVersion.Document; len(document) > 0 {
		if json.Unmarshal(document, &text) == nil {
			if plain, err := url.PathUnescape(text); err == nil && !strings.HasPrefix(text, "{") {
				text = plain
			}
			return text, true
		}
		return string(document), true
	}
	return string(src), false
}

// read returns the text of a file in the configuration's directory, or what
// is wrong with it.
func (c *checker) read(name string) (src []byte, problem string) {
	src, err := c.tree.Read(path.Join(c.dir, filepath.ToSlash(name)), maxDocumentBytes)
	switch _, tooLarge := errors.AsType[*files.SizeError](err); {
	case files.IsMissing(err):
		return nil, "does not exist beside " + c.self()
	case errors.Is(err, files.ErrDirectory), errors.Is(err, files.ErrIrregular):
		return nil, "is not a regular file"
	case errors.Is(err, files.ErrOutside):
		return nil, "is a link that leads out of the repository"
	case tooLarge:
		return nil, fmt.Sprintf("has more than %d bytes: that is not a policy document", maxDocumentBytes)
	case err != nil:
		return nil, "cannot be read: " + cause(err)
	case !utf8.Valid(src) || policy.ContainsToken(string(src)):
		return nil, "is no UTF-8 text"
	}
	c.settings.Documents = append(c.settings.Documents, lint.FileDigest{
		File:   path.Join(path.Dir(c.name), filepath.ToSlash(name)),
		Digest: digest(src),
	})
	return bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), ""
}

// cause is the reason of a failed file operation without operation and path,
// which the message names in its own way.
func cause(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}

func (c *checker) organizationPolicies(globs []entry) {
	seen := map[string]bool{}
	for _, g := range globs {
		pattern := path.Clean(filepath.ToSlash(g.text))
		if !filepath.IsLocal(filepath.FromSlash(pattern)) {
			c.errorf(g.at, "%q leaves the directory of the configuration: name files beside it or below", g.text)
			continue
		}
		if err := glob.Check(pattern); err != nil {
			c.errorf(g.at, "%q %s", g.text, err)
			continue
		}
		names, err := doublestar.Glob(c.tree.FS(c.dir), pattern, doublestar.WithFilesOnly())
		if err != nil {
			c.errorf(g.at, "%q cannot be matched: %s", g.text, cause(err))
			continue
		}
		if len(names) == 0 {
			c.errorf(g.at, "%q matches no file", g.text)
		}
		slices.Sort(names)
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			if p := c.organizationPolicy(entry{name, g.at}); p != nil {
				c.settings.OrganizationPolicies = append(c.settings.OrganizationPolicies, p)
			}
		}
	}
}

// organizationPolicy reads a policy whose type follows from its grammar: a
// resource control policy must have a Principal in each statement, a service
// control policy must not have one. Nil if it cannot be read.
func (c *checker) organizationPolicy(file entry) *iam.OrganizationPolicy {
	src, ok := c.source(file)
	if !ok {
		return nil
	}
	kind, doc := iam.ServiceControlPolicy, c.parse(file, src, policy.ServiceControlPolicy)
	if doc != nil && slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool {
		return s.Principal != nil ||
			s.NotPrincipal != nil
	}) {
		kind, doc = iam.ResourceControlPolicy, c.parse(file, src, policy.ResourceControlPolicy)
	}
	if doc == nil {
		return nil
	}
	return &iam.OrganizationPolicy{Declared: iam.Declared{Address: doc.Location.File, Location: doc.Location}, Type: kind, Document: doc}
}
