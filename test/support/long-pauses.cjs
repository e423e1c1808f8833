// Preloaded into a provider process whose requests are to be repeated late: each pause between attempts is as long as it may be.
Math.random = () => 0.999;
