// Rows 3, 8, 11, 14, 16, 26 to 31, 36 to 46, 50 and 51: faults that show in a later run, or between two stacks. They wait more than they work, so they share a file.
import "./across-runs/hand-overs";
import "./across-runs/rotation";
import "./across-runs/copies";
import "./across-runs/clocks";
import "./across-runs/lost";
import "./across-runs/lists";
import "./across-runs/ssh-key-set";
