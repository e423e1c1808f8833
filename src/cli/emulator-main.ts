#!/usr/bin/env node
// The bin `wayscloud-emulator`: the same as `pulumi-wayscloud emulator`.
import "../supported-node";
import { main } from "./command-line";

main(["emulator", ...process.argv.slice(2)]);
