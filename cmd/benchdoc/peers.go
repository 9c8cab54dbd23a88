package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// peer is another tool that people run on the same files.
type peer struct {
	name string
	// does is what it is asked to do.
	does string
	// version are the arguments by which it tells its version.
	version []string
	// plan and directory are its arguments for a plan and for a directory of
	// configuration, PATH and POLICY in the place of what they are; nil for what
	// it does not read.
	plan, directory []string
	// prepare is run in a copy of the directory before it is measured, PLUGINS in
	// the place of where the AWS provider is.
	prepare []string
}

var peers = []peer{
	{
		name: "jq", does: "lists the roles and users without a boundary", version: []string{"--version"},
		plan: []string{"-r", `.resource_changes[] | select((.type == "aws_iam_role" or .type == "aws_iam_user") and ` +
			`.change.after.permissions_boundary == null) | .address`, "PATH"},
	},
	{
		name: "conftest", does: "one policy in Rego: roles and users have a boundary", version: []string{"--version"},
		plan: []string{"test", "--no-color", "--policy", "POLICY", "PATH"},
	},
	{
		name: "checkov", does: "all of its checks", version: []string{"--version"},
		plan:      []string{"--framework", "terraform_plan", "--compact", "--quiet", "-f", "PATH"},
		directory: []string{"--framework", "terraform", "--compact", "--quiet", "-d", "PATH"},
	},
	{
		name: "trivy", does: "all of its checks of misconfiguration", version: []string{"--version"},
		plan:      []string{"config", "--quiet", "--skip-check-update", "PATH"},
		directory: []string{"config", "--quiet", "--skip-check-update", "PATH"},
	},
	{
		name: "tflint", does: "its rules of Terraform, without a plugin", version: []string{"--version"},
		directory: []string{"--chdir", "PATH"},
	},
	{
		name: "terraform", does: "`terraform validate`, after init", version: []string{"version"},
		directory: []string{"-chdir=PATH", "validate"},
		prepare:   []string{"-chdir=PATH", "init", "-input=false", "-plugin-dir=PLUGINS"},
	},
}

// regoPolicy is the policy for conftest: it asks what boundary-missing asks.
const regoPolicy = `package main

import rego.v1

deny contains msg if {
	some change in input.resource_changes
	change.type in {"aws_iam_role", "aws_iam_user"}
	object.get(change.change.after, "permissions_boundary", null) == null
	msg := sprintf("%s has no permissions boundary", [change.address])
}
`

// filled are arguments with values in the place of names.
func filled(args []string, values ...string) []string {
	var out []string
	for _, a := range args {
		out = append(out, strings.NewReplacer(values...).Replace(a))
	}
	return out
}

var versionNumber = regexp.MustCompile(`\d+\.\d+(\.\d+)?`)

// versionOf is the version of a tool on the PATH; ok tells that it is there.
func versionOf(ctx context.Context, p peer) (version string, ok bool) {
	path, err := exec.LookPath(p.name)
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		if info, err := buildinfo.ReadFile(real); err == nil && versionNumber.MatchString(info.Main.Version) {
			return strings.TrimPrefix(info.Main.Version, "v"), true
		}
	}
	said, err := exec.CommandContext(ctx, path, p.version...).CombinedOutput()
	if err != nil {
		return "", false
	}
	return versionNumber.FindString(string(said)), true
}

// commandOf is what a peer is to run on an input; nil where it does not read it. With
// a directory it works in a copy, for what it needs to be prepared with.
func (b *bench) commandOf(ctx context.Context, p peer, path string, isDir bool) (*command, error) {
	args := p.plan
	if isDir {
		args = p.directory
	}
	if args == nil {
		return nil, nil
	}
	policies := filepath.Join(b.dir, "rego")
	if err := os.MkdirAll(policies, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(policies, "boundary.rego"), []byte(regoPolicy), 0o600); err != nil {
		return nil, err
	}
	if p.prepare != nil {
		own, err := os.MkdirTemp(b.dir, "peer")
		if err != nil {
			return nil, err
		}
		if err := os.CopyFS(own, os.DirFS(path)); err != nil {
			return nil, err
		}
		path = own
		prepared := filled(p.prepare, "PATH", path, "PLUGINS", b.plugins)
		if said, err := exec.CommandContext(ctx, p.name, prepared...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s %s: %w: %.400s", p.name, strings.Join(prepared, " "), err, said)
		}
	}
	return &command{name: p.name, args: append([]string{p.name}, filled(args, "PATH", path, "POLICY", policies)...)}, nil
}
