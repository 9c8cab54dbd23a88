variable "l" {
  type    = list(string)
  default = ["a", "b"]
}

variable "m" {
  type = map(object({
    a = string
    b = optional(string, "B")
  }))
  default = {
    x = { a = "1" }
    y = { a = "2", b = "3" }
  }
}

variable "s" {
  type      = string
  default   = "secret"
  sensitive = true
}

locals {
  n   = null
  a   = { b = [1, true, "x"], c = null }
  tpl = "a is $${a}"
}
