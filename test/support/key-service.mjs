// Stands for the Vault server that keeps the stacks' keys: deriving a key from a passphrase would cost each `pulumi` a quarter of a second.
import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/** Vault's transit engine, as far as `pulumi` uses it; its encryption is none. Answers its address, and does not keep the process alive. */
export async function startKeyService() {
  const server = createServer(async (request, response) => {
    const { plaintext, ciphertext } = await json(request);
    const data = request.url.includes("/encrypt/")
      ? { ciphertext: `vault:v1:${plaintext}` }
      : { plaintext: ciphertext.replace("vault:v1:", "") };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
  });
  server.unref().listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}
