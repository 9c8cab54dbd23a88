package source

import (
	"strings"

	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// Changed puts root modules in the place of the files of configuration among
// paths, as a hook gets them: the root modules that they belong to, or that
// call the module that they belong to, each once. Other paths stay as they
// are. exclude are globs of directories in which no root module is looked for.
func Changed(paths, exclude []string) ([]string, error) {
	var files, out []string
	for _, path := range paths {
		if isConfiguration(path) || strings.HasSuffix(path, ".tfvars") || strings.HasSuffix(path, ".tfvars.json") {
			files = append(files, path)
		} else {
			out = append(out, path)
		}
	}
	roots, err := tfconfig.RootsOf(files, exclude)
	if err != nil {
		return nil, err
	}
	return append(out, roots...), nil
}
