//go:build !unix

package tfconfig

import "errors"

func makeFIFO(string) error { return errors.ErrUnsupported }
