package budget

import "io"

// Reader is an input that ends in a *SpentError once the share is used up.
func (s *Share) Reader(in io.Reader) io.Reader { return &metered{in, s} }

type metered struct {
	in    io.Reader
	share *Share
}

// Read reads as the input does.
func (m *metered) Read(p []byte) (int, error) {
	if over := m.share.Over(); over != nil {
		return 0, over
	}
	return m.in.Read(p)
}
