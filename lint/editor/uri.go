package editor

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
)

// Path is the file that a URI names; false for one of another scheme, such as that of a text
// without a file, and for one that is not a URI.
func Path(uri string) (string, bool) { return pathOf(uri, runtime.GOOS == "windows") }

// URI is that of a file, by its absolute path.
func URI(path string) string { return uriOf(path, runtime.GOOS == "windows") }

func pathOf(uri string, windows bool) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || !strings.EqualFold(u.Scheme, "file") || !strings.HasPrefix(u.Path, "/") || strings.ContainsRune(u.Path, 0) {
		return "", false
	}
	if !windows {
		return filepath.Clean(u.Path), u.Host == "" || u.Host == "localhost"
	}
	path := strings.ReplaceAll(u.Path, "/", `\`)
	switch {
	case u.Host != "" && u.Host != "localhost":
		return `\\` + u.Host + path, true
	case hasDrive(path[1:]):
		return strings.ToUpper(path[1:2]) + path[2:], true
	}
	return "", false
}

// hasDrive reports whether a path begins with the letter of a drive.
func hasDrive(path string) bool {
	return len(path) > 1 && path[1] == ':' && (path[0]|0x20 >= 'a' && path[0]|0x20 <= 'z')
}

func uriOf(path string, windows bool) string {
	u := url.URL{Scheme: "file", Path: path}
	if windows {
		u.Path = strings.ReplaceAll(path, `\`, "/")
		if rest, ok := strings.CutPrefix(u.Path, "//"); ok {
			u.Host, u.Path, _ = strings.Cut(rest, "/")
		}
		if !strings.HasPrefix(u.Path, "/") {
			u.Path = "/" + u.Path
		}
	}
	return u.String()
}
