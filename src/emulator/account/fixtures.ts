// Facts copied from the vendor's pages and clients: the example profile and service, plans, fixed messages.
import type { Profile, ServiceEntry } from "./records";

/** The page's example profile. */
export const PROFILE: Profile = {
  customer_id: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  email: "kristen.nygaard@simula.no",
  first_name: "Kristen",
  last_name: "Nygaard",
  company: "Simula Research Laboratory",
  customer_type: "business",
  status: "active",
  created_at: "2024-01-15T09:30:00Z",
};

/** The page's example service. */
export const SERVICE: ServiceEntry = {
  id: "f3a4b5c6-d7e8-9012-cdef-345678901234",
  service_type: "database",
  name: "webapp-prod-db",
  status: "running",
  region: "oslo",
  created_at: "2024-02-01T10:00:00Z",
  metadata: { engine: "postgresql", version: "16" },
};

/** The services that a service key can be created for. */
export const SERVICE_NAMES = ["database", "storage", "llm-api", "dns", "vps"] as const;

/** The message of every response that shows a key. */
export const SAVE_WARNING = "Save this key now. It cannot be retrieved later.";

/** The response to every successful DELETE. */
export const DELETED = { success: true, message: "Resource deleted successfully" } as const;

/** The scopes of the first credential: all scopes that the emulator requires. */
export const ALL_SCOPES = ["api_keys:write", "ssh_keys:write", "services:write", "vps:write"] as const;

/** The regions that servers can be in. */
export const REGIONS = [
  { code: "NO", name: "Norway", city: "Oslo", country: "NO" },
  { code: "SE", name: "Sweden", city: "Stockholm", country: "SE" },
  { code: "FR", name: "France", city: "Paris", country: "FR" },
  { code: "DE", name: "Germany", city: "Frankfurt", country: "DE" },
  { code: "EU", name: "Europe", city: null, country: null },
  { code: "US", name: "United States", city: null, country: "US" },
  { code: "NL", name: "Netherlands", city: "Amsterdam", country: "NL" },
  { code: "DK", name: "Denmark", city: "Copenhagen", country: "DK" },
  { code: "EE", name: "Estonia", city: "Tallinn", country: "EE" },
  { code: "FI", name: "Finland", city: "Helsinki", country: "FI" },
] as const;

/** Other names of regions that the vendor's Terraform provider accepts. */
const REGION_ALIASES: Record<string, string | undefined> = {
  OSLO: "NO",
  NORWAY: "NO",
  "NO-OSLO-1": "NO",
  STOCKHOLM: "SE",
  SWEDEN: "SE",
  FRANKFURT: "DE",
  GERMANY: "DE",
  PARIS: "FR",
  FRANCE: "FR",
};

/** The code of a region in any case, with spaces around it, or as an alias. */
export function regionCode(written: string): string {
  const name = written.trim().toUpperCase();
  return REGION_ALIASES[name] ?? name;
}

/** Some operating systems; others are accepted as well. */
export const OS_TEMPLATES = [
  ["ubuntu-24.04", "Ubuntu 24.04 LTS", "ubuntu"],
  ["debian-12", "Debian 12", "debian"],
].map(([id, name, family]) => ({ slug: id, id, name, family, os_family: "linux", platform: "linux" }));

/** Some sizes of servers; the plan's code holds them. Other sizes are accepted as well. */
export const PLAN_SIZES = ["Start-Linux-2cpu-4096mb-30gb", "Plus-Linux-4cpu-8192mb-60gb"] as const;
