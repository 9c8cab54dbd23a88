package pack

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func sample(tb testing.TB, limit int) []byte {
	tb.Helper()
	w := NewWriter(limit)
	for i := range 40 {
		w.Add(fmt.Sprintf("name-%02d", i), strings.Repeat(fmt.Sprintf("text %d ", i), i))
	}
	data, err := w.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	for _, limit := range []int{1, 100, 1000, 1 << 20} {
		f, err := Open(string(sample(t, limit)))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Names()) != 40 || !slices.IsSorted(f.Names()) {
			t.Errorf("limit %d: names %v", limit, f.Names())
		}
		for i := range 40 {
			want := strings.Repeat(fmt.Sprintf("text %d ", i), i)
			if got, ok, err := f.Text(fmt.Sprintf("name-%02d", i)); !ok || err != nil || got != want {
				t.Errorf("limit %d: text %d = %q, %v, %v", limit, i, got, ok, err)
			}
		}
		if _, ok, err := f.Text("name-40"); ok || err != nil {
			t.Errorf("limit %d: a text that was not added: %v, %v", limit, ok, err)
		}
	}
}

// TestPlain: what is not compressed lies in the pack as it is.
func TestPlain(t *testing.T) {
	w := NewPlainWriter()
	w.Add("a", strings.Repeat("a", 1000))
	w.Add("b", "b")
	data, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(string(data))
	if err != nil || len(data) < 1001 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	for name, want := range map[string]string{"a": strings.Repeat("a", 1000), "b": "b"} {
		if got, ok, err := f.Text(name); !ok || err != nil || got != want {
			t.Errorf("%s = %q, %v, %v", name, got, ok, err)
		}
	}
	before := testing.AllocsPerRun(1, func() { _, _, _ = f.Text("a") })
	if before > 0 {
		t.Errorf("%v allocations", before)
	}
}

func TestEmpty(t *testing.T) {
	data, err := NewWriter(1).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(string(data))
	if err != nil || len(f.Names()) != 0 {
		t.Errorf("%v, %v", f, err)
	}
}

func TestOrderIsChecked(t *testing.T) {
	w := NewWriter(1)
	w.Add("b", "")
	w.Add("a", "")
	if _, err := w.Bytes(); err == nil {
		t.Error("names out of order were accepted")
	}
}

func TestEqual(t *testing.T) {
	a := sample(t, 100)
	if !Equal(a, sample(t, 100)) {
		t.Error("the same pack is not equal")
	}
	if Equal(a, sample(t, 200)) {
		t.Error("packs of other groups are equal")
	}
	w := NewWriter(100)
	w.Add("name-00", "")
	other, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if Equal(a, other) || Equal(a, nil) || Equal(nil, a) {
		t.Error("other packs are equal")
	}
}

func TestOpenRefuses(t *testing.T) {
	whole := string(sample(t, 100))
	for name, data := range map[string]string{
		"empty": "", "other": "PK\x03\x04", "magic only": magic, "cut in the index": whole[:20],
		"cut in the groups": whole[:len(whole)-30],
	} {
		if _, err := Open(data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpen shows that damaged data gives errors, never a panic.
func FuzzOpen(f *testing.F) {
	// What is tried is a few bytes of a file and where they go: of a whole file
	// the fuzzer would try the square of its length.
	files := []string{string(sample(f, 100)), string(sample(f, 1<<20)), magic}
	for which := range files {
		f.Add(byte(which), uint16(0), []byte(nil))
		f.Add(byte(which), uint16(len(magic)), []byte{0xff, 0xff, 0xff, 0xff})
	}
	f.Fuzz(func(_ *testing.T, which byte, at uint16, put []byte) {
		data := files[int(which)%len(files)]
		from := int(at) % (len(data) + 1)
		data = data[:from] + string(put) + data[min(len(data), from+len(put)):]
		file, err := Open(data)
		if err != nil {
			return
		}
		for _, name := range file.Names() {
			_, _, _ = file.Text(name)
		}
	})
}

// TestEmbedded opens the files that are embedded and reads all of them.
func TestEmbedded(t *testing.T) {
	for _, name := range []string{"catalog/data/services", "catalog/data/policies", "source/schema/data/aws"} {
		data, err := os.ReadFile("../../" + name + ".pack")
		if err != nil {
			t.Fatal(err)
		}
		file, err := Open(string(data))
		if err != nil {
			t.Fatal(err)
		}
		plain := 0
		for _, n := range file.Names() {
			text, ok, err := file.Text(n)
			if !ok || err != nil {
				t.Errorf("%s: %s: %v, %v", name, n, ok, err)
			}
			plain += len(text)
		}
		t.Logf("%s: %d texts of %d bytes in %d", name, len(file.Names()), plain, len(data))
	}
}
