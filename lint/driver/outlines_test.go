package driver

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// shardOf is a shard that judges the first of two accounts and not the second.
func shardOf(t *testing.T, own, other string) lint.Shard {
	t.Helper()
	for k := 1; k <= 64; k++ {
		if s := (lint.Shard{Index: k, Of: 64}); s.Has("account "+own) && !s.Has("account "+other) {
			return s
		}
	}
	t.Fatal("both are in one shard")
	return lint.Shard{}
}

// TestReadAgain: an account that is read again and is not what it was, or that cannot be
// read any more, is an error of the run and nothing that is passed over; one that nobody
// asks about is not read again.
func TestReadAgain(t *testing.T) {
	const own, other = "111111111111", "222222222222"
	shard := shardOf(t, own, other)
	for name, c := range map[string]struct {
		trusts string
		again  func() (*iam.Model, error)
		says   string
	}{
		"as it was":       {own, func() (*iam.Model, error) { return trustDump(t, other, own), nil }, ""},
		"another trust":   {own, func() (*iam.Model, error) { return trustDump(t, other, "*"), nil }, "222222222222.json: it changed while it was read"},
		"another role":    {own, func() (*iam.Model, error) { return trustDump(t, other, own, own), nil }, "it changed while it was read"},
		"not there":       {own, func() (*iam.Model, error) { return nil, nil }, "it changed while it was read"},
		"cannot be read":  {own, func() (*iam.Model, error) { return nil, errors.New("x.json: it is gone") }, "reading it again for a shard: x.json: it is gone"},
		"nobody asks":     {other, func() (*iam.Model, error) { return nil, errors.New("it was asked") }, ""},
		"asked by anyone": {"*", func() (*iam.Model, error) { return nil, errors.New("it was asked") }, "it was asked"},
	} {
		t.Run(name, func(t *testing.T) {
			outlines := NewOutlines(shard)
			keep := func(m *iam.Model) *iam.Model { return outlines.Keep(m, c.again) }
			models := []*iam.Model{keep(trustDump(t, own, "999999999999")), keep(trustDump(t, other, c.trusts))}
			if len(models[0].Entities) != 1 || len(models[1].Entities) != 0 {
				t.Fatalf("%d and %d roles are kept", len(models[0].Entities), len(models[1].Entities))
			}
			report, err := Run(models, nil, nil, Options{Shard: &shard, Outlines: outlines})
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says == "" && (len(report.Inputs) != 2 || !report.Inputs[1].Elsewhere):
				t.Errorf("%+v", report.Inputs)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("%v", err)
			}
		})
	}
}

// TestMostAtHand: of accounts that are read again no more are held than may be at hand,
// one at least, and the one that was asked for last; each is read once as long as it is.
func TestMostAtHand(t *testing.T) {
	const own = "111111111111"
	for _, most := range []int{1, 5, 100} {
		outlines := NewOutlines(lint.Shard{Index: 1, Of: 2})
		outlines.MostAtHand = most
		outlines.shard = shardOf(t, own, "200000000001")
		read := map[string]int{}
		var kept []*outline
		for i := 0; len(kept) < 10; i++ {
			account := fmt.Sprintf("2%011d", i)
			again := func() (*iam.Model, error) { read[account]++; return trustDump(t, account, own, own), nil }
			m, _ := again()
			if out := outlines.outlineOf(outlines.Keep(m, again)); out != nil {
				kept = append(kept, out)
			}
		}
		held := min(max(most/2, 1), 10)
		for round := range 2 {
			for _, out := range kept {
				out.crossings = all{}
				for range 3 {
					if _, _, err := outlines.whole(out); err != nil {
						t.Fatal(err)
					}
				}
				if n := len(outlines.atHand); n > held || outlines.atHand[n-1] != out || out.model == nil {
					t.Errorf("most %d: %d are at hand", most, n)
				}
			}
			for account, n := range read {
				if want := map[bool]int{true: 2, false: 2 + round}[held == 10]; n != want && n != 1 {
					t.Errorf("most %d: %s was read %d times in round %d, not %d", most, account, n, round, want)
				}
			}
		}
	}
}

// TestOutlinesAreSmall: what is kept of an account that another shard judges is a small
// part of the account, whose memory is given back.
func TestOutlinesAreSmall(t *testing.T) {
	const roles, accounts = 500, 8
	shard := shardOf(t, "111111111111", "222222222222")
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	trusts := make([]string, roles)
	for i := range trusts {
		trusts[i] = fmt.Sprintf("arn:aws:iam::333333333333:role/of-another-account-%d", i)
	}
	held := func(keep func(m *iam.Model) *iam.Model) float64 {
		before := heap()
		var models []*iam.Model
		for range accounts {
			m := trustDump(t, "222222222222", trusts...)
			for _, e := range m.Entities {
				text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"%s"}]}`, e.Address)
				d, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				m.Inline = append(m.Inline, &iam.InlinePolicy{
					Declared: iam.Declared{Address: e.Address, Provider: e.Provider}, HolderKind: iam.HolderRole, Holder: e.Name,
					Document: &iam.Document{Document: d, Text: policy.Literal(text)},
				})
			}
			models = append(models, keep(m))
		}
		after := heap()
		runtime.KeepAlive(models)
		return after - before
	}
	whole := held(func(m *iam.Model) *iam.Model { return m })
	outlines := NewOutlines(shard)
	small := held(func(m *iam.Model) *iam.Model { return outlines.Keep(m, nil) })
	runtime.KeepAlive(outlines)
	t.Logf("%.0f KiB for each account, %.0f KiB for an outline", whole/accounts/1024, small/accounts/1024)
	if small > whole/8 {
		t.Errorf("%.0f of %.0f bytes are kept", small, whole)
	}
}
