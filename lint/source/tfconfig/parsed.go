package tfconfig

import (
	"path/filepath"
	"sync"
)

// Parsed keeps the files that several readings parse, for who reads the same directory over
// and over, such as a server for editors: a file whose text has not changed is not parsed
// again. Its zero value keeps nothing yet; a nil one keeps nothing at all.
type Parsed struct {
	mu    sync.Mutex
	files map[string]parsedText
	size  int
}

// parsedText is what a text was parsed into. Nothing of it changes afterwards.
type parsedText struct {
	text string
	file *parsedFile
}

// mostParsed bounds the texts that are kept, in bytes: what is parsed takes some twenty times
// as much.
const mostParsed = 16 << 20

// parse is what a text is parsed into, by its file's path in the tree at base, and by do where
// that is not known.
func (k *Parsed) parse(base, p string, src []byte, do func() *parsedFile) *parsedFile {
	if k == nil {
		return do()
	}
	// Places in what is parsed name the file by its path in the tree.
	name := base + "\x00" + filepath.ToSlash(p)
	k.mu.Lock()
	known, ok := k.files[name]
	k.mu.Unlock()
	if ok && known.text == string(src) {
		return known.file
	}
	next := parsedText{string(src), do()}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.size += len(next.text) - len(k.files[name].text); k.files == nil || k.size > mostParsed {
		k.files, k.size = map[string]parsedText{}, len(next.text)
	}
	k.files[name] = next
	return next.file
}
