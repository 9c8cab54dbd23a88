// Package npm reads releases of npm packages for the generators of embedded
// data. The bytes of a release are checked against a hash that the generator
// pins.
package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Release is one release of an npm package.
type Release struct {
	Package   string
	Version   string
	Integrity string // sha512- and base64, as the registry states it
}

// Archive is the file name under which the registry serves the release.
func (s Release) Archive() string {
	return path.Base(s.Package) + "-" + s.Version + ".tgz"
}

// Fetcher gets releases from the registry, or from the directory Dir, which
// holds their .tgz files, where that is not "".
type Fetcher struct{ Dir string }

// Files returns the files of a release by their path inside the package.
func (f Fetcher) Files(s Release) (map[string][]byte, error) {
	data, err := f.bytes(s)
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != s.Integrity {
		return nil, fmt.Errorf("%s %s has the hash %s, not the pinned %s", s.Package, s.Version, got, s.Integrity)
	}
	files, err := untar(data)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", s.Package, s.Version, err)
	}
	return files, nil
}

func (f Fetcher) bytes(s Release) ([]byte, error) {
	if f.Dir != "" {
		// npm pack puts the scope in front of the name, the registry does not.
		packed := strings.NewReplacer("@", "", "/", "-").Replace(s.Package) + "-" + s.Version + ".tgz"
		data, err := os.ReadFile(filepath.Join(f.Dir, packed))
		if errors.Is(err, os.ErrNotExist) {
			data, err = os.ReadFile(filepath.Join(f.Dir, s.Archive()))
		}
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", s.Package, s.Version, err)
		}
		return data, nil
	}
	address := registry() + "/" + s.Package + "/-/" + s.Archive()
	client := &http.Client{Timeout: 5 * time.Minute}
	response, err := client.Get(address)
	if err != nil {
		return nil, fmt.Errorf("the registry cannot be reached (offline?), the embedded data stays as it is; "+
			"-from DIR takes packages from a directory: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the registry answers %s", address, response.Status)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return data, nil
}

// registry returns the npm registry that this machine is configured for.
func registry() string {
	const public = "https://registry.npmjs.org"
	out, err := exec.Command("npm", "config", "get", "registry").Output()
	configured := strings.TrimRight(strings.TrimSpace(string(out)), "/")
	if err != nil || !strings.HasPrefix(configured, "http") {
		return public
	}
	return configured
}

func untar(data []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("unpacking %s: %w", header.Name, err)
		}
		_, name, _ := strings.Cut(header.Name, "/") // the first element is "package"
		files[name] = content
	}
}
