package lint_test

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestParseShard(t *testing.T) {
	for text, ok := range map[string]bool{
		"1/1": true, "3/16": true, "16/16": true, "0/4": false, "5/4": false, "-1/4": false, "1/0": false, "": false, "3": false, "/": false, "3/": false,
		"/3": false, "a/b": false, "1/2/3": false, "01/2": false, "+1/2": false, "1/99999999999999999999": false,
	} {
		if _, err := lint.ParseShard(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := lint.ParseShard(" 1/2"); err == nil {
		t.Error("a shard may begin with a blank")
	}
	limit.Try(t, "MostShards", lint.MostShards, "a shard is written K/N", func(_ *testing.T, n int) string {
		_, err := lint.ParseShard(fmt.Sprintf("1/%d", n))
		return fmt.Sprint(err)
	})
}

// TestShardHas: each name is in one shard, and the shards of many are about as large.
func TestShardHas(t *testing.T) {
	const of, accounts = 16, 4000
	sizes := make([]int, of)
	for n := range accounts {
		name, in := fmt.Sprintf("account 1%011d", n), 0
		for k := range of {
			if (&lint.Shard{Index: k + 1, Of: of}).Has(name) {
				sizes[k]++
				in++
			}
		}
		if in != 1 {
			t.Fatalf("%s is in %d shards", name, in)
		}
	}
	for k, size := range sizes {
		if size < accounts/of/2 || size > accounts/of*2 {
			t.Errorf("shard %d has %d of %d", k+1, size, accounts)
		}
	}
	if !(*lint.Shard)(nil).Has("x") {
		t.Error("a whole run has everything")
	}
}
