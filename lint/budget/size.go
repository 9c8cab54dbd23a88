package budget

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// The limits of a run that names none.
const (
	DefaultTimeout = 5 * time.Minute
	DefaultMemory  = 2 << 30
)

// minMemory is the least that --max-memory takes: the program itself needs
// some.
const minMemory = 64 << 20

var units = []struct {
	name  string
	bytes uint64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// Size is a number of bytes as people write it: 2 GiB, 512 MiB.
func Size(bytes uint64) string {
	for _, u := range units {
		if bytes >= u.bytes && bytes%u.bytes == 0 {
			return fmt.Sprintf("%d%s", bytes/u.bytes, u.name)
		}
	}
	return strconv.FormatUint(bytes, 10)
}

var errSize = errors.New("takes a size such as 512MiB or 2GiB")

// ParseSize reads what Size writes, also with a space, in small letters and
// with the units of one letter.
func ParseSize(text string) (uint64, error) {
	number, unit := strings.ToLower(strings.ReplaceAll(text, " ", "")), uint64(1)
	for _, u := range units {
		for _, name := range []string{strings.ToLower(u.name), strings.ToLower(u.name[:1])} {
			if n, ok := strings.CutSuffix(number, name); ok {
				number, unit = n, u.bytes
			}
		}
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n > math.MaxInt64/unit {
		return 0, errSize
	}
	if n *= unit; n < minMemory {
		return 0, fmt.Errorf("takes no less than %s", Size(minMemory))
	}
	return n, nil
}

// Memory is the limit of a run that names none: DefaultMemory, or half of what
// the container may have if that is less.
func Memory() uint64 {
	own, _ := os.ReadFile("/proc/self/cgroup") // elsewhere than on Linux there is none
	least := uint64(DefaultMemory)
	for _, file := range limitFiles(string(own)) {
		if text, err := os.ReadFile(file); err == nil {
			least = min(least, memoryIn(string(text)))
		}
	}
	return least
}

// limitFiles are the files that may hold the limit of the container, of the
// control groups of both versions.
func limitFiles(own string) []string {
	files := []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}
	for line := range strings.Lines(own) {
		switch at := strings.SplitN(strings.TrimSpace(line), ":", 3); {
		case len(at) < 3:
		case at[0] == "0":
			files = append(files, path.Join("/sys/fs/cgroup", at[2], "memory.max"))
		case at[1] == "memory":
			files = append(files, path.Join("/sys/fs/cgroup/memory", at[2], "memory.limit_in_bytes"))
		}
	}
	return files
}

// memoryIn is Memory in a container with a limit, as its file says it.
func memoryIn(limit string) uint64 {
	n, err := strconv.ParseUint(strings.TrimSpace(limit), 10, 64)
	if err != nil { // "max", for none
		return DefaultMemory
	}
	return max(minMemory, min(DefaultMemory, n/2))
}
