package results

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/boundlint/boundlint/lint"
)

// Writer writes the rows of reports, one report after the other.
type Writer interface {
	// Add writes the rows of a report. The report is not kept.
	Add(r *lint.Report) error
	// Close ends the table. Without it a file of Parquet cannot be read.
	Close() error
}

// Format is a table in one of the two formats.
type Format struct {
	// Name is as --format takes it.
	Name string
	// Binary tells that the bytes are not for a terminal.
	Binary bool
	open   func(io.Writer, Options) Writer
}

// Open begins a table.
func (f Format) Open(w io.Writer, o Options) Writer { return f.open(w, o) }

// Formats are all that this package writes.
func Formats() []Format {
	return slices.Concat(
		both("", Findings, (*Finding).weight),
		both("-entities", Entities, (*Entity).weight),
		both("-inputs", Inputs, (*Input).weight),
	)
}

// both is one table in either format.
func both[Row any](suffix string, rows rowsOf[Row], weight func(*Row) int) []Format {
	return []Format{
		{"ndjson" + suffix, false, func(w io.Writer, o Options) Writer { return newLines(w, o, rows) }},
		{"parquet" + suffix, true, func(w io.Writer, o Options) Writer { return newColumns(w, o, rows, weight) }},
	}
}

// rowsOf makes the rows of a report.
type rowsOf[Row any] func(*lint.Report, Options) iter.Seq[*Row]

// What one row group holds at most. A writer keeps the group that it fills in
// memory, and so does a reader that it reads: neither grows with the report.
const (
	maxRows   = 1 << 15
	maxWeight = 16 << 20 // bytes of text
)

// columns writes Parquet.
type columns[Row any] struct {
	writer  *parquet.GenericWriter[Row]
	options Options
	rows    rowsOf[Row]
	weigh   func(*Row) int
	weight  int
}

func newColumns[Row any](w io.Writer, o Options, rows rowsOf[Row], weigh func(*Row) int) *columns[Row] {
	return &columns[Row]{
		// Nothing in a file depends on the machine, the time or the build: equal
		// rows give equal bytes. Readers know the codec since Parquet 2.6.
		writer: parquet.NewGenericWriter[Row](w,
			parquet.CreatedBy("boundlint", fmt.Sprint(SchemaVersion), "rows"), parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault}),
			parquet.MaxRowsPerRowGroup(maxRows), parquet.DataPageVersion(1)),
		options: o, rows: rows, weigh: weigh,
	}
}

func (c *columns[Row]) Add(r *lint.Report) error {
	for row := range c.rows(r, c.options) {
		if c.weight += c.weigh(row); c.weight > maxWeight {
			if err := c.writer.Flush(); err != nil {
				return err
			}
			c.weight = c.weigh(row)
		}
		if _, err := c.writer.Write([]Row{*row}); err != nil {
			return err
		}
	}
	return nil
}

func (c *columns[Row]) Close() error { return c.writer.Close() }
