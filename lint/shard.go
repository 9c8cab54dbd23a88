package lint

import (
	"errors"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shard is a part of a run: of all inputs, which each shard reads, it judges its own.
type Shard struct {
	// Index is from 1 to Of.
	Index, Of int
	// Unused are findings of the run itself about what matched nothing in this
	// shard. Whether it matches anything is known once all shards are merged.
	Unused []Finding
}

// MostShards is the number of shards up to which a run can be parted.
const MostShards = 10_000

// ParseShard reads K/N, the K-th of N shards.
func ParseShard(text string) (Shard, error) {
	index, of, found := strings.Cut(text, "/")
	k, err := strconv.Atoi(index)
	n, fault := strconv.Atoi(of)
	if !found || err != nil || fault != nil || k < 1 || n < k || n > MostShards || index != strconv.Itoa(k) || of != strconv.Itoa(n) {
		return Shard{}, errors.New("a shard is written K/N, from 1/N to N/N, where N is at most " + strconv.Itoa(MostShards))
	}
	return Shard{Index: k, Of: n}, nil
}

// Has reports whether what is named by a text is the shard's to judge. It depends on
// nothing else in the run: an account stays in its shard whichever others come and go.
func (s *Shard) Has(name string) bool {
	if s == nil || s.Of < 2 {
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // it does not fail
	// The low bits of FNV alone are close together for account ids.
	x := h.Sum64()
	x ^= x >> 32
	return int(x%uint64(s.Of)) == s.Index-1
}
