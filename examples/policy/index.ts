// A program that keeps the rules of pack/.
import * as wayscloud from "pulumi-wayscloud";

new wayscloud.ServiceKey("database", { service: "database" });

new wayscloud.PersonalAccessToken("inventory", { scopes: ["services:read"], expiresInDays: 90 });

// It can make other tokens, so it could do anything. Somebody looked at that; a new review makes a new token.
new wayscloud.RotatingPersonalAccessToken("ci", {
  scopes: ["api_keys:read", "api_keys:write"],
  rotateEveryDays: 30,
  expiresInDays: 60,
  rotationTriggers: { review: "SEC-123" },
});
