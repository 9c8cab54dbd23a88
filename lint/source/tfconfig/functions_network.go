package tfconfig

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var networkFunctions = map[string]builtin{
	"cidrcontains": ofStrings(2, cty.Bool, cidrContains),
	"cidrhost":     {cidrHostFunction, opaque},
	"cidrnetmask":  ofStrings(1, cty.String, cidrNetmask),
	"cidrsubnet":   {cidrSubnetFunction, opaque},
	"cidrsubnets":  {cidrSubnetsFunction, opaque},
}

func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, fmt.Errorf("%q is not a CIDR block", s)
	}
	return p.Masked(), nil
}

// number is a whole number of a size that makes sense for networks.
func number(v cty.Value) (*big.Int, error) {
	f := v.AsBigFloat()
	if !f.IsInt() || f.MantExp(nil) > 256 {
		return nil, errors.New("a whole number is needed")
	}
	i, _ := f.Int(nil)
	return i, nil
}

// plus is the address n after a; false where there is none.
func plus(a netip.Addr, n *big.Int) (netip.Addr, bool) {
	raw := a.AsSlice()
	sum := new(big.Int).Add(new(big.Int).SetBytes(raw), n)
	if sum.Sign() < 0 || sum.BitLen() > len(raw)*8 {
		return a, false
	}
	return netip.AddrFromSlice(sum.FillBytes(make([]byte, len(raw))))
}

// addresses is how many addresses a block of that many bits has.
func addresses(p netip.Prefix, bits int) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-bits))
}

var cidrHostFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "hostnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		n, err := number(args[1])
		if err != nil {
			return cty.NilVal, err
		}
		size := addresses(p, p.Bits())
		if n.Sign() < 0 {
			n = new(big.Int).Add(size, n)
		}
		if n.Sign() < 0 || n.Cmp(size) >= 0 {
			return cty.NilVal, errors.New("the block has no such host")
		}
		a, _ := plus(p.Addr(), n)
		return cty.StringVal(a.String()), nil
	},
})

func cidrNetmask(s []string) (cty.Value, error) {
	p, err := parsePrefix(s[0])
	if err != nil {
		return cty.NilVal, err
	}
	if !p.Addr().Is4() {
		return cty.NilVal, errors.New("only IPv4 has netmasks")
	}
	m := ^uint32(0) << (32 - p.Bits())
	return cty.StringVal(fmt.Sprintf("%d.%d.%d.%d", m>>24, m>>16&255, m>>8&255, m&255)), nil
}

var cidrSubnetFunction = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		extra, ok := wholeNumber(args[1])
		n, err := number(args[2])
		if !ok || err != nil {
			return cty.NilVal, errors.New("whole numbers are needed")
		}
		bits := p.Bits() + extra
		if extra < 0 || bits > p.Addr().BitLen() || n.Sign() < 0 || n.BitLen() > extra {
			return cty.NilVal, errors.New("the block has no such subnet")
		}
		a, _ := plus(p.Addr(), new(big.Int).Mul(n, addresses(p, bits)))
		return cty.StringVal(netip.PrefixFrom(a, bits).String()), nil
	},
})

var cidrSubnetsFunction = function.New(&function.Spec{
	Params:   []function.Parameter{{Name: "prefix", Type: cty.String}},
	VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		var list []cty.Value
		next := new(big.Int) // addresses given out
		for _, arg := range args[1:] {
			extra, ok := wholeNumber(arg)
			bits := p.Bits() + extra
			if !ok || extra < 1 || bits > p.Addr().BitLen() {
				return cty.NilVal, errors.New("the block has no such subnet")
			}
			size := addresses(p, bits)
			if over := new(big.Int).Mod(next, size); over.Sign() != 0 {
				next.Add(next, new(big.Int).Sub(size, over))
			}
			a, ok := plus(p.Addr(), next)
			if !ok || !p.Contains(a) {
				return cty.NilVal, errors.New("the block has no room for that many subnets")
			}
			list = append(list, cty.StringVal(netip.PrefixFrom(a, bits).String()))
			next.Add(next, size)
		}
		if len(list) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(list), nil
	},
})

func cidrContains(s []string) (cty.Value, error) {
	p, err := parsePrefix(s[0])
	if err != nil {
		return cty.NilVal, err
	}
	if inner, err := netip.ParsePrefix(s[1]); err == nil {
		inner = inner.Masked()
		return cty.BoolVal(p.Contains(inner.Addr()) && inner.Bits() >= p.Bits()), nil
	}
	a, err := netip.ParseAddr(s[1])
	if err != nil {
		return cty.NilVal, fmt.Errorf("%q is neither an address nor a CIDR block", s[1])
	}
	return cty.BoolVal(p.Contains(a)), nil
}
