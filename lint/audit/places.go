package audit

import (
	"maps"
	"slices"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
)

// place is one account in which controls are decided, as all of its dumps show it.
type place struct {
	models  []*iam.Model
	account string
	today   time.Time
	// complete tells that the dumps have all of it.
	complete bool
	// reported are the rows of its credential report, nil where there is none; those of
	// users that it has not are in unknown, users without a row in unreported.
	reported            []*iam.ReportedUser
	unknown, unreported []string
}

// placesOf are the accounts of the models.
func placesOf(s *Source) []*place {
	var out []*place
	for _, m := range s.Models {
		if m.Input.Kind != iam.InputAccount || len(m.Providers) == 0 {
			continue
		}
		account := m.Providers[0].Name
		at := slices.IndexFunc(out, func(p *place) bool { return p.account == account })
		if at < 0 {
			at = len(out)
			out = append(out, &place{account: account, today: s.Today, complete: true})
		}
		p := out[at]
		p.models, p.complete = append(p.models, m), p.complete && m.Input.Complete
	}
	for _, p := range out {
		p.takeReport()
	}
	return out
}

// takeReport takes each row of the report once. A user that a complete dump has not
// was made or deleted between the dump and the report.
func (p *place) takeReport() {
	users, rows := map[string]bool{}, map[string]bool{}
	for _, m := range p.models {
		for _, e := range m.Entities {
			if e.Kind == iam.User {
				users[e.Address] = true
			}
		}
	}
	for _, m := range p.models {
		for _, u := range m.Reported {
			switch {
			case rows[u.Address]:
			case u.Root || users[u.Address] || !p.complete:
				p.reported = append(p.reported, u)
			default:
				p.unknown = append(p.unknown, u.Address)
			}
			rows[u.Address] = true
		}
	}
	if len(rows) == 0 {
		return
	}
	if p.reported == nil {
		p.reported = []*iam.ReportedUser{}
	}
	for _, user := range slices.Sorted(maps.Keys(users)) {
		if !rows[user] {
			p.unreported = append(p.unreported, user)
		}
	}
}

// differ reports whether two dumps of the account show something of the same name
// otherwise: they were made at different times. Pages of one dump have nothing of the
// same name.
func (p *place) differ() bool {
	shown := map[string]string{}
	whole := make([]int, len(p.models))
	for i, m := range p.models {
		own := shownBy(m)
		whole[i] = len(own)
		common := 0
		for address, as := range own {
			switch was, known := shown[address]; {
			case known && was != as:
				return true
			case known:
				common++
			}
		}
		// What one has besides what both have is new, or gone.
		if common > 0 && (common < len(own) || slices.Max(whole[:i]) > common) {
			return true
		}
		maps.Copy(shown, own)
	}
	return false
}

// shownBy is what a dump says of entities and policies, by their addresses.
func shownBy(m *iam.Model) map[string]string {
	out := map[string]string{}
	for _, e := range m.Entities {
		out[e.Address] = ""
		if e.Boundary.Set {
			arn, _ := e.Boundary.Known()
			out[e.Address] = arn
		}
	}
	for _, p := range m.Policies {
		text := ""
		for _, v := range p.Versions {
			text += v.ID + moment(v.Created)
			if v.InForce {
				text += "*"
			}
		}
		out[p.Address] = text
	}
	return out
}
