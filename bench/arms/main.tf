# Arm "terraform": OpenTofu with the generic REST provider, which is what a user without this package would take. The API has no
# request by id, so a read searches the list, unless `by_id` says that this once the emulator has one.
terraform {
  required_providers {
    restapi = { source = "mastercard/restapi" }
  }
}

variable "endpoint" {
  type = string
}

variable "api_key" {
  type      = string
  sensitive = true
}

variable "by_id" {
  type = bool
}

locals {
  keys = { for key in jsondecode(file("keys.json")) : key.name => key.publicKey }
}

provider "restapi" {
  uri                   = var.endpoint
  headers               = { "X-API-Key" = var.api_key, "Content-Type" = "application/json" }
  id_attribute          = "id"
  create_returns_object = true
}

resource "restapi_object" "key" {
  for_each    = local.keys
  path        = "/v1/account/ssh-keys"
  read_path   = var.by_id ? null : "/v1/account/ssh-keys"
  data        = jsonencode({ name = each.key, public_key = each.value })
  # The API cannot change a key.
  force_new   = [each.value]
  read_search = var.by_id ? null : { search_key = "name", search_value = each.key }
}
