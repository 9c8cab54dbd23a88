// Package orgtest writes synthetic organizations as iam-collect writes them, for
// tests and measurements: accounts in a tree of units, with roles that each have a
// boundary, so that nothing is found in them but what a test plants.
package orgtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Organization is one to be written. The zero value of a field is its default.
type Organization struct {
	// Accounts is how many there are, the management account among them; 1 at least.
	Accounts int
	// Entities is how many roles, users and policies each account has; 10 by default.
	Entities int
	// Units is how many organizational units are below the root, half of them in
	// others; 5 by default.
	Units int
	// Partition is "aws" by default, ID "o-example123".
	Partition, ID string
	// Plant is called for each account after its own entities have been written, and
	// may add to it or change it; nil for nothing.
	Plant func(*Account)
	// Policies are service and resource control policies besides FullAWSAccess, which
	// is attached everywhere.
	Policies []Policy
	// Delegated are the accounts that are delegated administrators, by services.
	Delegated map[string][]string
	// Off are the types of policies that are switched off:
	// "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY".
	Off []string
}

// Policy is a service or resource control policy.
type Policy struct {
	// ID is such as "p-guardrail".
	ID string
	// Resource tells that it is a resource control policy.
	Resource bool
	// Document is its JSON.
	Document string
	// Targets are the ids of what it is attached to: [Organization.Root],
	// [Organization.Unit], [AccountID]; nothing for a policy that is unattached.
	Targets []string
}

// AccountID is the id of an account; that of the management account is AccountID(0).
func AccountID(i int) string { return fmt.Sprintf("%012d", 100000000000+i) }

// Root is the id of the root.
func (o Organization) Root() string { return "r-ab12" }

// Unit is the id of a unit, counted from 0.
func (o Organization) Unit(i int) string { return fmt.Sprintf("ou-ab12-%08d", i) }

// UnitOf is the id of the unit that an account is in: the root for the management
// account, and the others one after the other in all units.
func (o Organization) UnitOf(i int) string {
	o = o.filled()
	if i == 0 {
		return o.Root()
	}
	return o.Unit((i - 1) % o.Units)
}

// parent is the id of what a unit is in.
func (o Organization) parent(i int) string {
	if i%2 == 1 {
		return o.Unit(i - 1)
	}
	return o.Root()
}

func (o Organization) filled() Organization {
	o.Accounts = max(o.Accounts, 1)
	if o.Entities == 0 {
		o.Entities = 10
	}
	if o.Units == 0 {
		o.Units = 5
	}
	if o.Partition == "" {
		o.Partition = "aws"
	}
	if o.ID == "" {
		o.ID = "o-example123"
	}
	return o
}

// Write writes the organization into a directory, below the folder aws.
func (o Organization) Write(dir string) error {
	o = o.filled()
	base := filepath.Join(dir, "aws", o.Partition)
	w := &writer{}
	o.tree(w, filepath.Join(base, "organizations", o.ID))
	for i := range o.Accounts {
		a := &Account{Index: i, ID: AccountID(i), partition: o.Partition, dir: filepath.Join(base, "accounts", AccountID(i)), writer: w}
		a.file("organization.json", map[string]any{"id": o.ID})
		a.fill(o.Entities)
		if o.Plant != nil {
			o.Plant(a)
		}
	}
	return w.err
}

// tree writes what is known of the organization.
func (o Organization) tree(w *writer, dir string) {
	arn := func(kind, rest string) string {
		return fmt.Sprintf("arn:%s:organizations::%s:%s/%s/%s", o.Partition, AccountID(0), kind, o.ID, rest)
	}
	features := map[string]bool{"SERVICE_CONTROL_POLICY": true, "RESOURCE_CONTROL_POLICY": true}
	for _, off := range o.Off {
		features[off] = false
	}
	w.json(filepath.Join(dir, "metadata.json"), map[string]any{
		"id": o.ID, "arn": fmt.Sprintf("arn:%s:organizations::%s:organization/%s", o.Partition, AccountID(0), o.ID), "rootOu": o.Root(),
		"rootAccountArn": arn("account", AccountID(0)), "rootAccountId": AccountID(0), "features": features,
	})
	type target struct {
		Parent string   `json:"parent,omitempty"`
		OU     string   `json:"ou,omitempty"`
		SCPs   []string `json:"scps"`
		RCPs   []string `json:"rcps"`
	}
	full := func(t target) *target {
		if features["SERVICE_CONTROL_POLICY"] {
			t.SCPs = []string{"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"}
		}
		if features["RESOURCE_CONTROL_POLICY"] {
			t.RCPs = []string{"arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess"}
		}
		return &t
	}
	units, accounts := map[string]*target{o.Root(): full(target{})}, map[string]*target{}
	for i := range o.Units {
		units[o.Unit(i)] = full(target{Parent: o.parent(i)})
	}
	for i := range o.Accounts {
		accounts[AccountID(i)] = full(target{OU: o.UnitOf(i)})
	}
	for _, p := range o.Policies {
		folder, kind := "scps", "service_control_policy"
		if p.Resource {
			folder, kind = "rcps", "resource_control_policy"
		}
		own := arn("policy", kind+"/"+p.ID)
		w.json(filepath.Join(dir, folder, strings.ToLower(p.ID), "metadata.json"), map[string]any{"arn": own, "name": p.ID, "awsManaged": false})
		w.json(filepath.Join(dir, folder, strings.ToLower(p.ID), "policy.json"), json.RawMessage(p.Document))
		for _, id := range p.Targets {
			t := units[id]
			if t == nil {
				t = accounts[id]
			}
			if t == nil {
				w.fail(fmt.Errorf("%s is attached to %s, which is not in the organization", p.ID, id))
				continue
			}
			if p.Resource {
				t.RCPs = append(t.RCPs, own)
			} else {
				t.SCPs = append(t.SCPs, own)
			}
		}
	}
	w.json(filepath.Join(dir, "ous.json"), units)
	w.json(filepath.Join(dir, "accounts.json"), accounts)
	admins := o.Delegated
	if admins == nil {
		admins = map[string][]string{}
	}
	w.json(filepath.Join(dir, "delegated-admins.json"), admins)
	for id := range units {
		name := id
		if id == o.Root() {
			name = "Root"
		}
		w.json(filepath.Join(dir, "ous", id, "metadata.json"), map[string]any{"arn": arn("ou", id), "name": name})
	}
}

// writer writes files, up to the first error.
type writer struct{ err error }

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) json(path string, v any) {
	if w.err != nil {
		return
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o600)
	}
	if err != nil {
		w.fail(err)
	}
}
