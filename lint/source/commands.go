package source

import (
	"bufio"
	"bytes"
	"slices"
)

// commandFilter leaves out the lines by which programs talk to a CI system.
// The wrapper that the setup-terraform action puts in the place of terraform
// writes them before and after what terraform prints (its README,
// terraform_wrapper). No line of JSON begins like one of them.
type commandFilter struct {
	in *bufio.Reader
	// rest is what is left of the line that is being read; inside tells that
	// its beginning has been read, dropped that it is left out.
	rest            []byte
	inside, dropped bool
}

// commands are how such lines begin: those of GitHub Actions and of Azure
// Pipelines.
var commands = [][]byte{[]byte("[command]"), []byte("::"), []byte("##[")}

func (f *commandFilter) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		line, err := f.in.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err // with a part of a line it comes again
		}
		if !f.inside {
			f.dropped = slices.ContainsFunc(commands, func(c []byte) bool { return bytes.HasPrefix(line, c) })
		}
		f.inside = line[len(line)-1] != '\n'
		if !f.dropped {
			f.rest = line
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}
