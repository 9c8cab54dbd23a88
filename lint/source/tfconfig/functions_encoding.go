package tfconfig

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/boundlint/boundlint/lint/policy"
)

var encodingFunctions = map[string]builtin{
	"base64decode":     ofText(decodeBase64),
	"base64encode":     ofText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
	"base64gunzip":     ofText(gunzip),
	"base64gzip":       ofText(zip),
	"base64sha256":     hashed(sha256.New, base64.StdEncoding.EncodeToString),
	"base64sha512":     hashed(sha512.New, base64.StdEncoding.EncodeToString),
	"basename":         ofText(func(s string) (string, error) { return path.Base(s), nil }),
	"csvdecode":        {stdlib.CSVDecodeFunc, transparent},
	"dirname":          ofText(func(s string) (string, error) { return path.Dir(s), nil }),
	"jsondecode":       {stdlib.JSONDecodeFunc, transparent},
	"md5":              hashed(md5.New, hex.EncodeToString),
	"pathexpand":       ofStrings(1, cty.String, expandPath),
	"sha1":             hashed(sha1.New, hex.EncodeToString),
	"sha256":           hashed(sha256.New, hex.EncodeToString),
	"sha512":           hashed(sha512.New, hex.EncodeToString),
	"textdecodebase64": ofStrings(2, cty.String, decodeText),
	"textencodebase64": ofStrings(2, cty.String, encodeText),
	"urldecode":        ofText(url.QueryUnescape),
	"urlencode":        ofText(func(s string) (string, error) { return url.QueryEscape(s), nil }),
	"uuidv5":           ofStrings(2, cty.String, uuidV5),
	"yamldecode":       {ctyyaml.YAMLDecodeFunc, transparent},
}

// ofText is a function from string to string.
func ofText(f func(string) (string, error)) builtin {
	return ofStrings(1, cty.String, func(s []string) (cty.Value, error) {
		out, err := f(s[0])
		if err != nil {
			return cty.NilVal, err
		}
		return decoded(out)
	})
}

// decoded is text that was made from another: it may hold what would be taken
// for a symbol.
func decoded(s string) (cty.Value, error) {
	if policy.ContainsToken(s) {
		return cty.NilVal, errToken
	}
	return cty.StringVal(s), nil
}

func hashed(h func() hash.Hash, encode func([]byte) string) builtin {
	return ofText(func(s string) (string, error) { return digest([]byte(s), h, encode), nil })
}

func digest(b []byte, h func() hash.Hash, encode func([]byte) string) string {
	x := h()
	x.Write(b)
	return encode(x.Sum(nil))
}

func decodeBase64(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err == nil && !utf8.Valid(b) {
		err = errors.New("the result is not UTF-8")
	}
	return string(b), err
}

func zip(s string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, s)
	// Terraform flushes before it closes, and the bytes differ without.
	err = errors.Join(err, w.Flush(), w.Close())
	return base64.StdEncoding.EncodeToString(b.Bytes()), err
}

func gunzip(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", err
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxString+1))
	switch {
	case err != nil:
		return "", err
	case len(out) > maxString:
		return "", refused("the result is longer than %d bytes", maxString)
	case !utf8.Valid(out):
		return "", errors.New("the result is not UTF-8")
	}
	return string(out), nil
}

// expandPath knows no home directory.
func expandPath(s []string) (cty.Value, error) {
	if strings.HasPrefix(s[0], "~") {
		return cty.UnknownVal(cty.String), nil
	}
	return cty.StringVal(s[0]), nil
}

func decodeText(s []string) (cty.Value, error) {
	enc, err := ianaindex.IANA.Encoding(s[1])
	if err != nil || enc == nil {
		return cty.NilVal, fmt.Errorf("%q is not an IANA encoding that is supported", s[1])
	}
	b, err := base64.StdEncoding.DecodeString(s[0])
	if err != nil {
		return cty.NilVal, err
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return cty.NilVal, err
	}
	return decoded(string(out))
}

func encodeText(s []string) (cty.Value, error) {
	enc, err := ianaindex.IANA.Encoding(s[1])
	if err != nil || enc == nil {
		return cty.NilVal, fmt.Errorf("%q is not an IANA encoding that is supported", s[1])
	}
	out, err := enc.NewEncoder().Bytes([]byte(s[0]))
	if err != nil {
		return cty.NilVal, err
	}
	return cty.StringVal(base64.StdEncoding.EncodeToString(out)), nil
}

// The namespaces of RFC 4122, appendix C.
var uuidNamespaces = map[string]string{
	"dns":  "6ba7b8109dad11d180b400c04fd430c8",
	"url":  "6ba7b8119dad11d180b400c04fd430c8",
	"oid":  "6ba7b8129dad11d180b400c04fd430c8",
	"x500": "6ba7b8149dad11d180b400c04fd430c8",
}

func uuidV5(s []string) (cty.Value, error) {
	namespace, ok := uuidNamespaces[s[0]]
	if !ok {
		namespace = strings.ReplaceAll(s[0], "-", "")
	}
	b, err := hex.DecodeString(namespace)
	if err != nil || len(b) != 16 {
		return cty.NilVal, errors.New("the namespace is neither dns, url, oid, x500 nor a UUID")
	}
	h := sha1.Sum(append(b, s[1]...))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return cty.StringVal(fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])), nil
}
