package escalation

// controlGrant is what stops a principal from granting itself, by the policy of a
// resource, what its boundary leaves out.
const controlGrant = "Deny in the boundary, by statements with Effect Deny, what its holders are never to do to such resources: what " +
	"it only leaves out is not a limit for a resource-based policy that names a session or a user. Or take the action that writes the " +
	"policy out of its Allow."

// granting is a way that writes the policy of a resource. It gives nothing but
// the actions on that resource.
func granting(id, name string, step Requirement, grants ...string) *Way {
	return &Way{
		ID: id, Name: name, Kind: SelfGrant, Target: TargetSelf, Gains: Bypasses, Reach: ReachSome,
		Steps: steps(step), Grants: grants, Control: controlGrant, References: refs("derived"),
	}
}

// grantWays are the ways past a boundary by resource-based policies. Within
// one account a grant to the session of a role, to a user or to everybody is
// not limited by the implicit deny of a boundary (IAM User Guide, permissions
// boundaries); one to a role is.
func grantWays() []*Way {
	return []*Way{
		granting("x-policy-bucket", "grant itself anything on a bucket, by the bucket's policy",
			call("s3:PutBucketPolicy", OnChosen), "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:DeleteBucket"),
		granting("x-policy-key", "grant itself anything with a key, by the key's policy",
			call("kms:PutKeyPolicy", OnChosen), "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ScheduleKeyDeletion"),
		granting("x-policy-secret", "grant itself anything on a secret, by the secret's policy",
			call("secretsmanager:PutResourcePolicy", OnChosen), "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
			"secretsmanager:DeleteSecret"),
		granting("x-policy-queue", "grant itself anything on a queue, by the queue's policy",
			call("sqs:SetQueueAttributes", OnChosen).or(call("sqs:AddPermission", OnChosen)), "sqs:ReceiveMessage", "sqs:SendMessage",
			"sqs:DeleteMessage", "sqs:PurgeQueue"),
		granting("x-policy-topic", "grant itself anything on a topic, by the topic's policy",
			call("sns:SetTopicAttributes", OnChosen).or(call("sns:AddPermission", OnChosen)), "sns:Publish", "sns:Subscribe", "sns:DeleteTopic"),
		granting("x-policy-function", "grant itself anything on a Lambda function, by the function's policy",
			call("lambda:AddPermission", OnChosen).or(call("lambda:PutResourcePolicy", OnChosen)), "lambda:UpdateFunctionCode",
			"lambda:InvokeFunction", "lambda:GetFunction", "lambda:DeleteFunction"),
		granting("x-policy-repository", "grant itself anything on a container repository, by the repository's policy",
			call("ecr:SetRepositoryPolicy", OnChosen), "ecr:PutImage", "ecr:BatchGetImage", "ecr:BatchDeleteImage"),
		granting("x-policy-table", "grant itself anything on a DynamoDB table, by the table's policy",
			call("dynamodb:PutResourcePolicy", OnChosen), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:DeleteTable"),
		granting("x-policy-stream", "grant itself anything on a Kinesis stream, by the stream's policy",
			call("kinesis:PutResourcePolicy", OnChosen), "kinesis:GetRecords", "kinesis:PutRecord"),
	}
}
