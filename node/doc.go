// Package node is a node of a distributed hash table, made to be measured: a
// store in memory, reached by raw TCP, and the client, the shell and the
// command lines that go with it.
//
// Membership is static and every lookup takes zero hops. A cluster file lists
// the nodes, all nodes and clients have the same one, and each of them
// computes from a key which node owns it. There is no replication: what a
// node keeps is lost when it ends. A node does not check that it owns a key
// that it is asked for. It stays minimal, so that what is measured is the
// network and the protocol.
//
// # Wire
//
// A client opens a TCP connection and sends requests; the node sends one reply
// to each, in the order of the requests. A client may send the next request
// before the reply to the last (pipelining). Each is a frame: 4 bytes of
// length, and a body of that many bytes. Integers are unsigned, their most
// significant byte first.
//
// A request:
//
//	offset   0             4    5       6            8         8+K
//	       +-------------+----+-------+------------+---------+-----------+
//	       | length = L  | op | flags | key length | key     | value     |
//	       | 4 bytes     | 1  | 1     | = K  2     | K bytes | L-4-K     |
//	       +-------------+----+-------+------------+---------+-----------+
//
//	op     1  put: store the value under the key
//	       2  get: read the value of the key; the value field is empty
//	       3  del: remove the key; the value field is empty
//	flags  bit 0 (01): say how long it took; the others are 0, reserved
//	K      1 to 65535
//	value  0 to 1048576 bytes
//
// A reply:
//
//	offset   0             4        5       6
//	       +-------------+--------+-------+-----------+
//	       | length = L  | status | flags | value     |
//	       | 4 bytes     | 1      | 1     | L-2       |
//	       +-------------+--------+-------+-----------+
//
//	status 0  ok: done; after a get the value field is the key's value,
//	          otherwise it is empty
//	       1  not found: a get or del of a key that is not there; no value
//	       2  error: nothing was done; the value field says why, in UTF-8
//	flags  bit 0 (01): it says how long it took; the others are 0, reserved
//
// A reply that says how long it took has bit 0 set and two times before the
// value, in nanoseconds:
//
//	offset   0             4        5       6         14        22
//	       +-------------+--------+-------+---------+---------+-----------+
//	       | length = L  | status | flags | queue   | work    | value     |
//	       | 4 bytes     | 1      | 1     | 8 bytes | 8 bytes | L-18      |
//	       +-------------+--------+-------+---------+---------+-----------+
//
//	queue  from the request's arrival until the node began with it
//	work   from then until the reply was ready to be sent
//
// It is the reply to every request with bit 0 set that follows the format, and
// to no other. On Linux a request arrives when the kernel gets its last packet
// from the network, or the last of the requests that the node read with it,
// and a node that does not get to run adds to the queue. The first request
// with bit 0 on a connection, and every one on other systems, arrives when it
// was read. Each time has 8 bytes, for 4 would say 4.3 seconds at most, which a
// node that hangs can exceed, and no packet is saved.
//
// A frame of the right length that breaks another rule gets status 2, and the
// connection goes on. A request whose L exceeds 1114115 (4 + 65535 + 1048576)
// gets status 2 after the replies to all before it; the node then sends no
// more, and closes. A node that is told to end answers what it has received
// and closes. A client that gets no reply cannot know whether the operation
// was done; a request that did not arrive whole is never done.
//
// # One exchange
//
// A client (C) puts "meow" under "cat", gets it, deletes it and gets it again,
// the node (S) replying:
//
//	C: 00 00 00 0b  01 00 00 03  63 61 74  6d 65 6f 77   put cat meow
//	S: 00 00 00 02  00 00                                ok
//	C: 00 00 00 07  02 00 00 03  63 61 74                get cat
//	S: 00 00 00 06  00 00  6d 65 6f 77                   ok, meow
//	C: 00 00 00 07  03 00 00 03  63 61 74                del cat
//	S: 00 00 00 02  00 00                                ok
//	C: 00 00 00 07  02 00 00 03  63 61 74                get cat
//	S: 00 00 00 02  01 00                                not found
//
// In the first frame 00 00 00 0b at offset 0 is the length 11 of the body, 01
// at 4 the op put, 00 at 5 the flags, 00 03 at 6 the length of the key, the
// key from 8 to 10, and what is left, from 11 to 14, is the value.
//
// A client asks how long it takes to put and get "cat"; it took 7200 and 6144 ns
// until the node began, and 410 and 300 ns until the reply was ready:
//
//	C: 00 00 00 0b  01 01 00 03  63 61 74  6d 65 6f 77   put cat meow
//	S: 00 00 00 12  00 01  00 00 00 00 00 00 1c 20  00 00 00 00 00 00 01 9a   ok
//	C: 00 00 00 07  02 01 00 03  63 61 74                get cat
//	S: 00 00 00 16  00 01  00 00 00 00 00 00 18 00  00 00 00 00 00 00 01 2c  6d 65 6f 77   ok, meow
//
// # Owner of a key
//
// Nodes have the ids 0 to n-1, in the order of the cluster file. The owner of
// a key is
//
//	floor(h * n / 2^64)
//
// where h is the xxHash64 (XXH64) of the key's bytes with seed 0, and the
// product is not cut off at 64 bits. It is the high half of the 128-bit
// product of h and n. Examples:
//
//	key cat  hash b63a1da53785993b  nodes 8  owner 5
//	key cat  hash b63a1da53785993b  nodes 3  owner 2
//	key dog  hash 19bc5256c52c94dd  nodes 8  owner 0
package node
