package catalog

import (
	_ "embed"
	"strings"
)

//go:embed data/unlisted.txt
var unlistedData string

// Unlisted reports whether an entry of Action or NotAction that matches no
// action of the catalog is nevertheless one of AWS's own: AWS-managed policies
// name it, or name its service, of which nothing is listed. Such actions belong
// to services that AWS has withdrawn, or are not documented; an entry of that
// kind is not a misspelling.
func Unlisted(entry string) bool {
	entry = toLower(entry)
	prefix, _, ok := strings.Cut(entry, ":")
	if !ok {
		return false
	}
	_, listed := LookupService(prefix)
	for line := range strings.Lines(unlistedData) {
		name := strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(name, prefix+":") {
			continue
		}
		if !listed || name == entry || globFold(entry, name) {
			return true
		}
	}
	return false
}
