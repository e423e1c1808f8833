// Facts copied from the vendor's Account API page: the example profile, the example service, the wordings.
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

/** The services a service key can be made for. */
export const SERVICE_NAMES = ["database", "storage", "llm-api", "dns", "vps"] as const;

/** What every answer that shows a key says. */
export const SAVE_WARNING = "Save this key now. It cannot be retrieved later.";

/** What every successful DELETE answers. */
export const DELETED = { success: true, message: "Resource deleted successfully" } as const;

/** The scopes of the first credential: all that the emulator asks for anywhere. */
export const ALL_SCOPES = ["api_keys:write", "ssh_keys:write", "services:write", "vps:write"] as const;
