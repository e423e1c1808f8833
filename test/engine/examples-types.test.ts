// The examples compile strictly against the package's built types, all of them in one run of the compiler.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { compileStrictly, copyExample, exampleFile, exampleNames, linkTools } from "../support/examples";
import { projectFolder } from "../support/layouts";

test("all examples compile, with the strictest options too", () => {
  const folder = projectFolder("examples");
  for (const name of exampleNames()) copyExample(name, join(folder, name));
  linkTools(folder, "@pulumi/policy", "@types/jest");
  compileStrictly(folder, {
    ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitOverride: true },
    types: ["node", "jest"],
  });
});

test("every entry has its types where TypeScript resolves modules as it did before there were `exports`", () => {
  const folder = projectFolder("entries");
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
  const imports = entries.map((entry) => `import "${entry.replace(".", "pulumi-wayscloud")}";\n`);
  writeFileSync(
    join(folder, "index.ts"),
    `${imports.join("")}import { SshKey } from "pulumi-wayscloud/native";\nexport const type: string = SshKey.name;\n`,
  );
  compileStrictly(folder, {
    ...{ module: "commonjs", moduleResolution: "node", ignoreDeprecations: "6.0" },
    noUncheckedSideEffectImports: true,
  });
});

test.each(exampleNames())("%s is laid out like the others", (name) => {
  expect(exampleFile(name, "Pulumi.yaml")).toMatch(
    new RegExp(`^name: ${name}\nruntime: nodejs\ndescription: .+\n$`),
  );
  const { dependencies, ...manifest } = JSON.parse(exampleFile(name, "package.json"));
  expect(manifest).toMatchObject({ name, private: true, main: "index.ts" });
  expect(JSON.parse(exampleFile(name, "tsconfig.json")).compilerOptions.strict).toBe(true);
  // By its name nothing may be installed that somebody else may have published: the README installs the packed file.
  expect(dependencies).not.toHaveProperty("pulumi-wayscloud");
  expect(exampleFile(name, "README.md").split("\n").length).toBeGreaterThanOrEqual(
    name === "quickstart" ? 10 : 30,
  );
});
