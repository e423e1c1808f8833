// The executable pulumi-resource-wayscloud-account: prints only its port to stdout.
import "../../supported-node";
import { endWithEngine, startServer } from "./server";

startServer(process.argv.slice(2).find((argument) => !argument.startsWith("-"))).then(
  ({ port, server }) => {
    endWithEngine(server);
    process.stdout.write(`${port}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`pulumi-resource-wayscloud-account could not start: ${String(error)}\n`);
    process.exit(1);
  },
);
