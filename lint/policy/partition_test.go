package policy

import "testing"

func TestPartitionOf(t *testing.T) {
	for region, want := range map[string][2]string{
		"eu-west-1":       {"aws", "com.amazonaws"},
		"us-east-1":       {"aws", "com.amazonaws"},
		"cn-northwest-1":  {"aws-cn", "cn.com.amazonaws"},
		"us-gov-east-1":   {"aws-us-gov", "com.amazonaws"},
		"us-iso-west-1":   {"aws-iso", "gov.ic.c2s"},
		"us-isob-east-1":  {"aws-iso-b", "gov.sgov.sc2s"},
		"eu-isoe-west-1":  {"aws-iso-e", "uk.adc-e.cloud"},
		"us-isof-south-1": {"aws-iso-f", "gov.ic.hci.csp"},
		"eusc-de-east-1":  {"aws-eusc", "eu.amazonaws"},
	} {
		p := PartitionOf(region)
		if p.Name != want[0] || p.ReverseDNSPrefix() != want[1] || !IsRegion(region) {
			t.Errorf("%s: %+v, %s", region, p, p.ReverseDNSPrefix())
		}
		if named, ok := PartitionNamed(p.Name); !ok || named != p {
			t.Errorf("%s: %+v", p.Name, named)
		}
	}
	if _, ok := PartitionNamed("aws-moon"); ok {
		t.Error("there is no partition of that name")
	}
	for _, s := range []string{"", "global", "aws-global", "us-east", "us-east-1a", "US-EAST-1", "us_east_1", "us--1"} {
		if IsRegion(s) {
			t.Errorf("%q is not the name of a region", s)
		}
	}
	for s, want := range map[string]bool{"111122223333": true, "11112222333": false, "1111222233334": false, "11112222333x": false} {
		if IsAccount(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}
