variable "role" {
  type = object({
    arn                  = string
    name                 = string
    permissions_boundary = optional(string, "none")
    max_session_duration = number
  })
}

variable "any" {
  type = any
}

resource "aws_sqs_queue" "queue" {
  name = "q"
}

output "role" {
  value = var.role
}

output "any" {
  value = var.any
}

output "queue" {
  value = aws_sqs_queue.queue
}

output "secret" {
  value     = aws_sqs_queue.queue
  sensitive = true
}
