package source

import (
	"bufio"
	"bytes"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/source/organization"
	"github.com/boundlint/boundlint/lint/source/trail"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// FileKind is what a file of a directory that is audited is taken for, by its
// start.
type FileKind uint8

// The kinds.
const (
	// OtherFile is none of the others.
	OtherFile FileKind = iota
	DumpFile
	StateFile
	TrailFile
	CredentialReportFile
)

// looked is how much of the start of a file is looked at to say what it is: the
// first entry of a dump may be long before the next list begins.
const looked = 64 << 10

var (
	trailMark = lazy.Regexp(`"(eventTime|CloudTrailEvent|eventVersion)"\s*:|^\s*\{\s*"Records"\s*:`)
	dumpMark  = lazy.Regexp(`"(UserDetailList|GroupDetailList|RoleDetailList|PolicyVersionList)"\s*:`)
	// reportMark is the first line of a credential report, or its Base64 as it stands or
	// in what aws iam get-credential-report prints.
	reportMark = lazy.Regexp(`^(user,arn,|dXNlcixhcm4s)|^\{[^{\[]*"Content"\s*:\s*"dXNlcixhcm4s`)
	stateMark  = lazy.Regexp(`"(lineage|format_version)"\s*:`)
)

// KindOfFile says what a file is for an audit. What cannot be read is none of the
// kinds: the error says why.
func KindOfFile(path string) (FileKind, error) {
	f, err := files.OpenNamed(path)
	if err != nil {
		return OtherFile, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return OtherFile, err
	}
	in, err := unpack.Open(f, unpack.MaxUnpacked)
	if err != nil {
		return OtherFile, nil // the reader of its kind would say so, and it is of none
	}
	defer in.Close()
	start, _ := in.Peek(looked) // as much as there is
	text, _ := unpack.Text(bufio.NewReaderSize(bytes.NewReader(start), looked), start).Peek(looked)
	return kindOfStart(text), nil
}

func kindOfStart(start []byte) FileKind {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case reportMark().Match(start):
		return CredentialReportFile
	case trail.IsTable(start):
		return TrailFile
	case len(start) == 0 || start[0] != '{' && start[0] != '[':
		return OtherFile
	case trailMark().Match(start):
		return TrailFile
	case dumpMark().Match(start):
		return DumpFile
	case stateMark().Match(start):
		return StateFile
	}
	return OtherFile
}

// IsOrganization reports whether a directory shows the accounts of an organization,
// and is an input as a whole.
func IsOrganization(dir string) bool { return organization.Recognise(dir) != organization.None }
