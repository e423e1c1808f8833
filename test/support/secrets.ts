// Searches text and folders for secrets that must not be there, in clear and in the encodings that leaks come in.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Every form in which a secret could stand in a text. */
export function formsOf(secret: string): string[] {
  if (secret.length < 8) {
    throw new Error("a canary shorter than 8 characters is found by chance");
  }
  const base64 = [0, 1, 2].map((shift) => {
    // Inside a longer text the encoding depends on where the secret begins; what its neighbours decide is cut off.
    const encoded = Buffer.from(" ".repeat(shift) + secret).toString("base64");
    return encoded.slice(shift === 0 ? 0 : shift + 1).replace(/.{0,1}=+$/, "");
  });
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString("hex"),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...new Set(forms)];
}

/** Which of these secrets (by their place in the list, never by value) stand in the text. */
export function secretsIn(text: string, secrets: readonly string[]): number[] {
  return secrets.flatMap((secret, index) =>
    formsOf(secret).some((form) => text.includes(form)) ? [index] : [],
  );
}

/** All files below a folder with their text; compressed ones are unpacked. Links are not followed. */
export function filesIn(folder: string): { path: string; text: string }[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const bytes = readFileSync(path);
      return { path, text: (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1") };
    });
}
