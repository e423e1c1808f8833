// An SSH key, a service key, a token that rotates itself, and a look at the account.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pulumi-wayscloud.invalid/sdk/go/wayscloudaccount"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Servers ordered later can name it. A change of the comment ("deploy@example") is no change.
		sshKey, err := wayscloudaccount.NewSshKey(ctx, "deploy", &wayscloudaccount.SshKeyArgs{
			PublicKey: pulumi.String("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example"),
		})
		if err != nil {
			return err
		}

		// The API shows the key once. Here it is a secret: encrypted in the state, hidden in what Pulumi prints.
		db, err := wayscloudaccount.NewServiceKey(ctx, "db", &wayscloudaccount.ServiceKeyArgs{
			Service: wayscloudaccount.ServiceNameDatabase,
		})
		if err != nil {
			return err
		}

		// From 14 days before its end on, the next `pulumi up` puts a new token in its place.
		token, err := wayscloudaccount.NewPersonalAccessToken(ctx, "ci", &wayscloudaccount.PersonalAccessTokenArgs{
			Scopes:           pulumi.StringArray{pulumi.String("ssh_keys:read"), pulumi.String("services:read")},
			ExpiresInDays:    pulumi.Int(90),
			RotateBeforeDays: pulumi.Int(14),
		})
		if err != nil {
			return err
		}

		profile := wayscloudaccount.GetProfileOutput(ctx, wayscloudaccount.GetProfileOutputArgs{})

		ctx.Export("fingerprint", sshKey.Fingerprint)
		ctx.Export("databaseKey", db.Key)
		ctx.Export("ciToken", token.Key)
		ctx.Export("ciTokenRotatesAt", token.RotateAt)
		ctx.Export("customer", profile.CustomerId())
		return nil
	})
}
