// The command `whoami`: the account, and where the credential came from.
import { sanitize } from "../text/redact";
import { command, connect, CREDENTIAL } from "./command";

export const whoami = command({
  name: "whoami",
  summary: "show the account and where the credential came from",
  about: "Shows the account and where the credential came from. Changes nothing.",
  options: {},
  notes: ["Exit codes: 0 the account was shown, 2 an error.", CREDENTIAL],
  async run(_values, _operands, terminal) {
    const client = connect(terminal);
    const { customerId, customerType, status } = await client.getProfile();
    const line = (name: string, value: string): void => terminal.out(`${name.padEnd(12)}${value}\n`);
    line("customer", `${sanitize(customerId)} (${sanitize(customerType)}, ${sanitize(status)})`);
    line("credential", client.connection.apiKeySource);
    line("endpoint", client.connection.endpoint);
    return 0;
  },
});
