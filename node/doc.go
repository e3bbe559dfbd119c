// Package node is the DHT node: wire format, cluster file, store, server,
// client and shell.
package node
