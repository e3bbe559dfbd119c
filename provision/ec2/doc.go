// Package ec2 makes hosts of Amazon EC2, lends them to one command, and takes
// them away again whatever happened.
//
// Hosts cost money for as long as they exist, so the order of everything here
// follows from one promise: nothing that a run made outlives it. It is kept in
// layers, each of which holds when the one before it fails:
//
//   - [Command.Run] removes all that it made when its command ends, fails or is
//     interrupted, and looks again by tag until nothing is left. When something
//     is, it says what, with exit status 3 ([Leftovers]).
//   - Every call that makes something is in the journal, on disk, before it is
//     sent, and everything carries the run's tags from the request that makes
//     it. `provision ec2 --destroy RUN` finds what a killed run left by both.
//   - Each host has two timers from early in its boot, as soon as its network is
//     up and before ssh is, by the user data of the launch itself: the lease
//     powers it off when no heartbeat came for a while, the lifetime powers it
//     off in any case. Powering off terminates.
//
// README.md says what the promise does not cover.
//
// A run is a [Command], its folder on disk a [folder], its resources in AWS
// [item] values. A [teardown] is a loop that looks and removes until there is
// nothing to remove; the end of a run, --destroy and the sweep of expired runs
// are the same loop. The package is the only one that imports the AWS SDK.
package ec2
