package policy

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Partition is a group of regions with accounts of its own; ARNs name it in
// their second part (AWS Fault Isolation Boundaries, "Partitions").
type Partition struct {
	// Name is the name in ARNs: aws, aws-cn.
	Name string
	// DNSSuffix is the domain of its endpoints: amazonaws.com.
	DNSSuffix string
	// IAMRegion is the region that signs requests to IAM's one endpoint of the
	// partition: us-east-1.
	IAMRegion string
	// region is how the names of its regions begin; "" for every other name.
	region string
}

// ReverseDNSPrefix is the domain with its labels in reverse, as the names of
// VPC endpoint services begin: com.amazonaws.
func (p Partition) ReverseDNSPrefix() string { return ReverseDNS(p.DNSSuffix) }

// ReverseDNS is a domain name with its labels in reverse.
func ReverseDNS(name string) string {
	labels := strings.Split(name, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// partitions are those of the AWS SDKs (partitions.json), with the one whose
// regions have no prefix of their own at the end.
var partitions = []Partition{
	{"aws-cn", "amazonaws.com.cn", "cn-north-1", "cn-"},
	{"aws-us-gov", "amazonaws.com", "us-gov-west-1", "us-gov-"},
	{"aws-iso", "c2s.ic.gov", "us-iso-east-1", "us-iso-"},
	{"aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1", "us-isob-"},
	{"aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1", "eu-isoe-"},
	{"aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1", "us-isof-"},
	{"aws-eusc", "amazonaws.eu", "eusc-de-east-1", "eusc-"},
	commercial,
}

var commercial = Partition{"aws", "amazonaws.com", "us-east-1", ""}

// Partitions are all that there are.
func Partitions() []Partition { return slices.Clone(partitions) }

// PartitionOf is the partition of a region, by how the region is named. A text
// that is not the name of a region is taken for one of the partition aws.
func PartitionOf(region string) Partition {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.region) {
			return p
		}
	}
	return commercial
}

// PartitionNamed is the partition of that name; false where there is none.
func PartitionNamed(name string) (Partition, bool) {
	i := slices.IndexFunc(partitions, func(p Partition) bool { return p.Name == name })
	if i < 0 {
		return Partition{}, false
	}
	return partitions[i], true
}

var regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`) })

// IsRegion reports whether a text has the shape of the name of a region:
// eu-west-1, us-gov-east-1.
func IsRegion(s string) bool { return regionName().MatchString(s) }

// IsAccount reports whether a text has the shape of an account ID: twelve
// digits.
func IsAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
