// Package pack is the container of embedded facts: many named
// texts in groups, of which any one can be read without touching
// the rest. Reading costs one pass over the index, once, and, where the groups
// are compressed, one inflation of the group that holds the text, once.
//
// Layout, all numbers as unsigned varints:
//
//	magic
//	length and bytes of the index, which every run reads that looks anything up
//	the groups, each one deflated stream, or plain
//
// The index is the number of groups, for each group the number of its texts
// and its length, then for each text, ordered by name, its name and length.
// Texts lie in their groups in the order of the index. A group that is as long
// as its texts together is plain.
package pack

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
)

const magic = "blpack3\n"

// ErrFormat tells that bytes are not a pack.
var ErrFormat = errors.New("pack: not a pack, or a damaged one")

// File is an opened pack. It may be used by several goroutines at once.
type File struct {
	names  []string
	texts  []text
	groups []group
}

type text struct {
	group, start, end int
}

type group struct {
	once   sync.Once
	packed string
	size   int // of its texts together
	plain  string
	err    error
}

// Open reads the index of a pack. data must not change afterwards; nothing of
// it is copied but the index. The error wraps [ErrFormat].
func Open(data string) (*File, error) {
	rest, ok := strings.CutPrefix(data, magic)
	if !ok {
		return nil, fmt.Errorf("%w: magic is missing", ErrFormat)
	}
	c := Cursor{rest: rest}
	f := &File{}
	index := c.Text()
	if err := f.readIndex(index, c.rest); err != nil {
		return nil, err
	}
	return f, c.Err()
}

func (f *File) readIndex(index, body string) error {
	c := Cursor{rest: index}
	f.groups = make([]group, c.Count())
	counts := make([]int, len(f.groups))
	total := 0
	for i := range f.groups {
		counts[i] = c.Count()
		length := c.Number()
		if length > len(body) {
			return fmt.Errorf("%w: group %d is cut off", ErrFormat, i)
		}
		f.groups[i].packed, body = body[:length], body[length:]
		total += counts[i]
	}
	if c.Err() != nil || total > len(index) {
		return fmt.Errorf("%w: index", ErrFormat)
	}
	f.names = make([]string, 0, total)
	f.texts = make([]text, 0, total)
	for g, n := range counts {
		at := 0
		for range n {
			f.names = append(f.names, c.Text())
			length := c.Number()
			f.texts = append(f.texts, text{group: g, start: at, end: at + length})
			at += length
		}
		f.groups[g].size = at
	}
	if !slices.IsSorted(f.names) {
		return fmt.Errorf("%w: names are out of order", ErrFormat)
	}
	return c.Err()
}

// Names returns the names of all texts, sorted. The slice must not be changed.
func (f *File) Names() []string { return f.names }

// Text returns the text of that name. ok is false where there is none; the
// error tells that the pack is damaged.
func (f *File) Text(name string) (plain string, ok bool, err error) {
	i, ok := slices.BinarySearch(f.names, name)
	if !ok {
		return "", false, nil
	}
	t := f.texts[i]
	g := &f.groups[t.group]
	g.once.Do(func() { g.plain, g.err = g.unpack() })
	if g.err != nil {
		return "", false, fmt.Errorf("%w: %s: %w", ErrFormat, name, g.err)
	}
	if t.end > len(g.plain) {
		return "", false, fmt.Errorf("%w: %s is cut off", ErrFormat, name)
	}
	return g.plain[t.start:t.end], true, nil
}

// unpack is the plain text of the group.
func (g *group) unpack() (string, error) {
	if len(g.packed) == g.size {
		return g.packed, nil
	}
	return inflate(g.packed)
}

func inflate(deflated string) (string, error) {
	r := flate.NewReader(strings.NewReader(deflated))
	var plain strings.Builder
	plain.Grow(4 * len(deflated))
	if _, err := io.Copy(&plain, r); err != nil {
		return "", err
	}
	return plain.String(), r.Close()
}

// Writer makes a pack.
type Writer struct {
	limit   int
	isPlain bool
	size    int // of the last group, plain
	groups  [][]namedText
}

type namedText struct{ name, text string }

// NewWriter starts a pack whose groups are closed once they hold limit bytes.
// Larger groups compress better, smaller ones are cheaper to read from.
func NewWriter(limit int) *Writer { return &Writer{limit: limit} }

// NewPlainWriter starts a pack that is not compressed, for texts that most runs read: to inflate
// them takes a good part of a short run.
func NewPlainWriter() *Writer { return &Writer{limit: math.MaxInt, isPlain: true} }

// Add adds a text. Names must come in ascending order.
func (w *Writer) Add(name, content string) {
	if len(w.groups) == 0 || w.size >= w.limit {
		w.groups = append(w.groups, nil)
		w.size = 0
	}
	last := len(w.groups) - 1
	w.groups[last] = append(w.groups[last], namedText{name, content})
	w.size += len(content)
}

// Bytes returns the pack.
func (w *Writer) Bytes() ([]byte, error) {
	var body bytes.Buffer
	var index []byte
	index = binary.AppendUvarint(index, uint64(len(w.groups)))
	for _, g := range w.groups {
		var plain strings.Builder
		for _, t := range g {
			plain.WriteString(t.text)
		}
		packed := []byte(plain.String())
		if !w.isPlain {
			deflated, err := deflate(plain.String())
			if err != nil {
				return nil, err
			}
			if len(deflated) < len(packed) {
				packed = deflated
			}
		}
		index = binary.AppendUvarint(index, uint64(len(g)))
		index = binary.AppendUvarint(index, uint64(len(packed)))
		body.Write(packed)
	}
	previous := ""
	for _, g := range w.groups {
		for _, t := range g {
			if t.name <= previous {
				return nil, fmt.Errorf("pack: %q must come before %q", t.name, previous)
			}
			previous = t.name
			index = AppendText(index, t.name)
			index = binary.AppendUvarint(index, uint64(len(t.text)))
		}
	}
	out := AppendText([]byte(magic), string(index))
	return append(out, body.Bytes()...), nil
}

func deflate(plain string) ([]byte, error) {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if _, err := io.WriteString(z, plain); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}

// Equal reports whether two packs hold the same names, texts and groups,
// however they are compressed: another release of Go may deflate the same text
// to other bytes.
func Equal(a, b []byte) bool {
	x, err := Open(string(a))
	if err != nil {
		return false
	}
	y, err := Open(string(b))
	if err != nil ||
		!slices.Equal(x.names, y.names) || !slices.Equal(x.texts, y.texts) {
		return false
	}
	for _, name := range x.names {
		p, _, err := x.Text(name)
		if err != nil {
			return false
		}
		if q, _, err := y.Text(name); err != nil || p != q {
			return false
		}
	}
	return true
}
