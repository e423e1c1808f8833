"""An SSH key, a service key, a token that rotates itself, and a look at the account."""

import pulumi
import pulumi_wayscloud_account as wayscloud

# Servers ordered later can name it. A change of the comment ("deploy@example") is no change.
ssh_key = wayscloud.SshKey(
    "deploy",
    public_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example",
)

# The API shows the key once. Here it is a secret: encrypted in the state, hidden in what Pulumi prints.
db = wayscloud.ServiceKey("db", service="database")

# From 14 days before its end on, the next `pulumi up` puts a new token in its place.
token = wayscloud.PersonalAccessToken(
    "ci",
    scopes=["ssh_keys:read", "services:read"],
    expires_in_days=90,
    rotate_before_days=14,
)

pulumi.export("fingerprint", ssh_key.fingerprint)
pulumi.export("databaseKey", db.key)
pulumi.export("ciToken", token.key)
pulumi.export("ciTokenRotatesAt", token.rotate_at)
pulumi.export("customer", wayscloud.get_profile_output().customer_id)
