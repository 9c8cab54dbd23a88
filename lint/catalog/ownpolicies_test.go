package catalog

import "testing"

func TestOwnPoliciesAreOfKnownTypes(t *testing.T) {
	for service, types := range ownPolicies {
		s, ok := LookupService(service)
		if !ok {
			t.Errorf("there is no service %s", service)
			continue
		}
		for _, name := range types {
			if _, ok := s.ResourceType(name); !ok {
				t.Errorf("there is no resource type %s:%s", service, name)
			}
		}
	}
}

func TestHasPolicy(t *testing.T) {
	for action, want := range map[string]bool{
		"s3:GetObject": true, "s3:PutBucketPolicy": true, "lambda:InvokeFunction": true, "sqs:SendMessage": true, "dynamodb:GetItem": true,
		"secretsmanager:GetSecretValue": true, "kms:Decrypt": true, "ecr:BatchGetImage": true, "events:PutEvents": true,
		"ec2:TerminateInstances": false, "iam:CreateRole": false, "autoscaling:SetDesiredCapacity": false, "sts:AssumeRoot": false,
		"s3:CreateBucket": false, "lambda:CreateFunction": false, "ecr:CreateRepository": false,
	} {
		a, ok := LookupAction(action)
		if !ok {
			t.Fatal(action)
		}
		got := false
		for _, r := range a.ResourceTypes {
			got = got || r.Type.HasPolicy() && !a.Makes(r.Type)
		}
		if got != want {
			t.Errorf("%s: %v", action, got)
		}
	}
}
