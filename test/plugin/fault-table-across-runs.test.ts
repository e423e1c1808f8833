// Rows 26 to 31 and 36 to 50: faults that show in a later run, or between two stacks. Every command has a provider process of its own.
import "./across-runs/hand-overs";
import "./across-runs/rotation";
import "./across-runs/copies";
import "./across-runs/clocks";
import "./across-runs/lost";
import "./across-runs/lists";
import "./across-runs/ssh-key-set";
