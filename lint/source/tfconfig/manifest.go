package tfconfig

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"

	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// installedModule is what terraform init notes of a module that it has put on
// disk.
type installedModule struct {
	// Key is the path of module calls, joined by dots; "" is the root module.
	Key string `json:"Key"`
	// Source is the address it was fetched from, as Terraform normalizes it,
	// Version the version that a registry gave, "" for other sources.
	Source  string `json:"Source"`
	Version string `json:"Version"`
	// Dir is its directory relative to the root module.
	Dir string `json:"Dir"`
}

// manifest reads modules/modules.json in the data directory of a root module,
// by key. The directories in it are paths in the tree.
func (s *scan) manifest(rootDir string) map[string]installedModule {
	src, err := s.dataFile(rootDir, "modules/modules.json")
	if err != nil || checkJSON(src, maxJSON) != nil {
		return nil
	}
	var list struct {
		Modules []installedModule `json:"Modules"`
	}
	if json.Unmarshal(src, &list) != nil {
		return nil
	}
	installed := map[string]installedModule{}
	for _, m := range list.Modules {
		if m.Dir != "" && !path.IsAbs(m.Dir) {
			m.Dir = path.Join(rootDir, m.Dir)
			installed[m.Key] = m
		}
	}
	return installed
}

// contradicts says why an installed module is not what a call asks for, ""
// where it is. Terraform refuses to plan then and demands init: what is on disk
// says nothing about what will be applied.
func (m installedModule) contradicts(source string, constraint *string) string {
	switch {
	case m.Source == "":
		return "where the copy on disk was fetched from is not told"
	case !slices.Contains(recordedAs(source), m.Source):
		return fmt.Sprintf("the copy on disk was fetched from %s, and the call names %s", m.Source, source)
	case constraint == nil:
		return ""
	}
	wanted, err := version.NewConstraint(*constraint)
	if err != nil {
		return fmt.Sprintf("%q is not a version constraint", *constraint)
	}
	found, err := version.NewVersion(m.Version)
	switch {
	case err != nil:
		return fmt.Sprintf("the copy on disk has no version, and the call asks for %s", *constraint)
	case !wanted.Check(found):
		return fmt.Sprintf("the copy on disk is version %s, and the call asks for %s", m.Version, *constraint)
	}
	return ""
}

// registries are the hosts that a registry address without a host means: the
// one of Terraform, the one of OpenTofu. Terraform before 1.1 recorded none.
var registries = []string{"registry.terraform.io/", "registry.opentofu.org/", ""}

// registryAddress is NAMESPACE/NAME/PROVIDER, after a host with a dot or a port
// where there is one.
var registryAddress = lazy.Regexp(`^([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*(?:\.[0-9A-Za-z-]+|:[0-9]+)/)?` +
	`([0-9A-Za-z][0-9A-Za-z_-]*/[0-9A-Za-z][0-9A-Za-z_-]*/[0-9a-z]+)$`)

// recordedAs are the ways in which terraform init records a module source
// (https://developer.hashicorp.com/terraform/language/modules/sources): the
// address of a registry with its host, other shorthands spelled out.
func recordedAs(source string) []string {
	address, subdir, query := splitSource(source)
	whole := func(address string) string { return joinSource(address, subdir, query) }
	if parts := registryAddress().FindStringSubmatch(address); parts != nil && query == "" {
		host := strings.ToLower(parts[1])
		if !slices.Contains(registries, host) {
			return []string{whole(host + parts[2])}
		}
		var out []string
		for _, registry := range registries {
			if host == "" || host == registry || registry == "" {
				out = append(out, whole(registry+parts[2]))
			}
		}
		return out
	}
	return []string{whole(spelledOut(address))}
}

// splitSource takes the directory inside the package and the query off an
// address.
func splitSource(source string) (address, subdir, query string) {
	address, query, _ = strings.Cut(source, "?")
	scheme, rest, found := strings.Cut(address, "://")
	if found {
		scheme += "://"
	} else {
		scheme, rest = "", address
	}
	if inside, dir, found := strings.Cut(rest, "//"); found {
		address, subdir = scheme+inside, dir
		if subdir = path.Clean(subdir); subdir == "." {
			subdir = ""
		}
	}
	return address, subdir, query
}

func joinSource(address, subdir, query string) string {
	if subdir != "" {
		address += "//" + subdir
	}
	if query != "" {
		address += "?" + query
	}
	return address
}

// scpAddress is what SSH takes: git@github.com:owner/repository.git.
var scpAddress = lazy.Regexp(`^(?:([^@/]+)@)?([^:/]+):/?([^/].*)$`)

// spelledOut is an address in place of its shorthand.
func spelledOut(address string) string {
	getter, rest, forced := strings.Cut(address, "::")
	if !forced {
		getter, rest = "", address
	}
	if strings.Contains(rest, "://") {
		return address
	}
	scp := scpAddress().FindStringSubmatch(rest)
	switch host, _, _ := strings.Cut(rest, "/"); {
	case strings.HasPrefix(rest, "/"):
		rest = "file://" + rest
	case host == "github.com", host == "bitbucket.org":
		getter, rest = "git", "https://"+withGit(rest)
	case host == "www.googleapis.com":
		getter, rest = "gcs", "https://"+rest
	case strings.HasSuffix(host, ".amazonaws.com") && strings.Contains(host, "s3"):
		getter, rest = "s3", "https://"+pathStyle(rest)
	case scp != nil && (getter == "" || getter == "git"):
		at := url.URL{Scheme: "ssh", Host: scp[2], Path: scp[3]}
		if scp[1] != "" {
			at.User = url.User(scp[1])
		}
		getter, rest = "git", at.String()
	}
	if getter == "" {
		return rest
	}
	return getter + "::" + rest
}

// withGit gives the repository in host/owner/repository its ending. What
// follows is a directory inside it.
func withGit(address string) string {
	parts := strings.SplitN(address, "/", 4)
	if len(parts) < 3 {
		return address
	}
	repository := strings.TrimSuffix(strings.Join(parts[:3], "/"), ".git") + ".git"
	if len(parts) > 3 {
		return repository + "//" + parts[3]
	}
	return repository
}

// pathStyle puts the bucket of an S3 address behind the host:
// bucket.s3-eu-west-1.amazonaws.com/key.
func pathStyle(address string) string {
	host, key, _ := strings.Cut(address, "/")
	if bucket, rest, found := strings.Cut(host, ".s3"); found {
		return "s3" + rest + "/" + bucket + "/" + key
	}
	return address
}
