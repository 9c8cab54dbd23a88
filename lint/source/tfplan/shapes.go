package tfplan

import (
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// The shapes of what terraform show -json prints of a plan, as its
// documentation has them ("JSON Output Format", plan, change and
// configuration representation), for the members that are read.
var (
	headShape = stream.ObjectOf(map[string]*stream.Shape{
		"format_version": stream.Text, "terraform_version": stream.Text,
		"complete": stream.Boolean, "errored": stream.Boolean,
		"variables": stream.Object, "configuration": stream.Object,
	})

	attributes = stream.Object.OrNull()
	// marks of a whole resource.
	marks = stream.Boolean.Or(stream.MapOf(tfstate.Marks))

	changeShape = stream.ObjectOf(map[string]*stream.Shape{
		"actions": stream.ListOf(stream.Name),
		"before":  attributes, "after": attributes,
		"after_unknown": marks, "before_sensitive": marks, "after_sensitive": marks,
	}, "actions")

	resourceChangeShape = stream.ObjectOf(map[string]*stream.Shape{
		"address": stream.Name, "previous_address": stream.Text, "module_address": stream.Text,
		"mode": stream.Name, "type": stream.Name, "name": stream.Text, "index": tfstate.Index,
		"provider_name": stream.Text, "deposed": stream.Text, "change": stream.Object,
	}, "address", "change")

	// An expression is an object, or the blocks of one type, whose arguments
	// are expressions.
	expression = stream.Mutual(func(self *stream.Shape) *stream.Shape {
		return stream.ObjectOf(map[string]*stream.Shape{"references": stream.ListOf(stream.Name)}).
			Or(stream.ListOf(stream.MapOf(self)).Filled())
	})

	blockShape = blockOf(stream.MapOf(expression))
	// serviceBlockShape is that of a block of another service, whose expressions
	// are held to their shape one by one.
	serviceBlockShape = blockOf(stream.Object)

	providerName  = stream.ObjectOf(map[string]*stream.Shape{"name": stream.Text, "full_name": stream.Text})
	providerShape = stream.ObjectOf(map[string]*stream.Shape{
		"name": stream.Text, "module_address": stream.Text, "expressions": stream.MapOf(expression),
	})
)

func blockOf(expressions *stream.Shape) *stream.Shape {
	return stream.ObjectOf(map[string]*stream.Shape{
		"address": stream.Name, "mode": stream.Name, "type": stream.Name, "provider_config_key": stream.Text,
		"expressions": expressions, "for_each_expression": expression,
	}, "address")
}
