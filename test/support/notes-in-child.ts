// Run by run-typescript.js: plays commands that begin, note a key and end, one after the other.
import { Notes, removeNotes } from "../../src/lifecycle/notes";

for (let command = 0; command < 200; command += 1) {
  const notes = Notes.of(`127.0.0.1:${process.argv[2]}`);
  notes?.append({ is: "claimed", what: "key", holder: `command ${command}` });
  notes?.others();
  removeNotes();
}
